//! Lists of what an account holds, page by page.

use std::collections::HashSet;
use std::hash::Hash;
use std::rc::Rc;

use super::cursor::Cursor;
use super::list_limits::{Limited, MOST_CERTIFICATES};
use super::page_items::Seen;
use super::pagination::{Continuation, Next, PageRequest, PageStyle, Total};
use super::response_body;
use crate::credentials::CurrentKey;
use crate::error::{Error, Kind};
use crate::exchange::{EffectResult, Flow, FlowProgress, Request, Response, Stamp, Step};
use crate::json::{Field, Json, Object};
use crate::model::note::FieldProblem;
use crate::model::timestamp::DateValue;
use crate::model::{Facts, Note, ProviderState};

/// What the records of a list hold, compared with the answer about one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordDetail {
    /// Something else.
    Other,
    /// The same, but for the start of validity, and so the lifetime.
    WithoutStart,
    /// The same: a record stands in for such an answer.
    Whole,
}

/// A part of a list.
#[derive(Default)]
pub struct ListBatch {
    /// Certificates, none of them twice.
    pub certificates: Vec<Facts>,
    /// Ids whose records have no more than the id, or too little: they are requested one by one.
    pub ids: Vec<String>,
    /// Ids whose record differs from an earlier one.
    pub contradicted: Vec<String>,
    /// The length of the whole list, as the service gives it.
    pub total: Option<u64>,
    /// Why a part of the list stays unknown.
    pub missing: Option<Error>,
}

impl ListBatch {
    /// Nothing but the reason why a part of the list stays unknown.
    pub fn missing(error: Error) -> ListBatch {
        ListBatch {
            missing: Some(error),
            ..ListBatch::default()
        }
    }
}

/// A list that can be read.
pub struct ListFlow {
    /// It begins with the certificate that ends last.
    pub latest_first: bool,
    /// The flow that reads it.
    pub flow: Box<dyn Flow<Output = ListBatch>>,
}

impl ListFlow {
    /// A list that ends as incomplete where it passes the limits.
    pub fn new(latest_first: bool, flow: impl Flow<Output = ListBatch> + 'static) -> ListFlow {
        ListFlow {
            latest_first,
            flow: Box::new(Limited::new(flow)),
        }
    }
}

/// One page of certificates, as it was read.
#[derive(Default)]
pub struct Page {
    /// The length of the whole list.
    pub total: Total,
    /// What it says about the next page.
    pub continuation: Continuation,
    /// The certificates; each has its own id as the one that was requested.
    pub certificates: Vec<Facts>,
    /// The ids whose record lacks what decides, where the answer about one certificate may have it.
    pub lacking: HashSet<String>,
}

/// One call of a service that lists certificates.
pub trait ListApi {
    /// How it names a page.
    const STYLE: PageStyle;
    /// The size of a page, then smaller ones for a response that proves too large.
    const SIZES: &'static [usize];
    /// The largest size is not documented: a page that is refused as a wrong parameter may be too large.
    const SIZE_IS_GUESS: bool = false;
    /// The answer about one certificate may have what a record lacks: it is requested then.
    const ASKS_FOR_LACKING: bool = true;

    /// The request for a page, signed for one try.
    fn page(&self, page: &PageRequest, key: &CurrentKey, stamp: Stamp) -> Result<Request, Error>;
    /// Reads the response.
    fn read_page(&self, response: &Response) -> Result<Page, Error>;
}

/// Reads a list of certificates to its end.
pub struct PagedFlow<S> {
    api: Rc<S>,
    key: CurrentKey,
    cursor: Cursor,
}

impl<S: ListApi> PagedFlow<S> {
    /// From the first page.
    pub fn new(api: Rc<S>, key: CurrentKey) -> PagedFlow<S> {
        let cursor = Cursor::new(S::STYLE, S::SIZES);
        PagedFlow {
            api,
            key,
            cursor: if S::SIZE_IS_GUESS {
                cursor.with_guessed_size()
            } else {
                cursor
            },
        }
    }
}

impl<S: ListApi> Flow for PagedFlow<S> {
    type Output = ListBatch;

    fn step(&self, stamp: Stamp) -> Result<Step, Error> {
        let request = self.api.page(&self.cursor.request(), &self.key, stamp)?;
        Ok(Step::read(request))
    }

    fn answer(
        &mut self,
        answer: Result<EffectResult, Error>,
    ) -> Result<FlowProgress<ListBatch>, Error> {
        let response = match answer.and_then(EffectResult::http) {
            Ok(response) => response,
            Err(error) => return broken_off(&mut self.cursor, error),
        };
        let mut page = self.api.read_page(&response)?;
        let lacking = std::mem::take(&mut page.lacking);
        let progress = take_page(&mut self.cursor, page);
        if !S::ASKS_FOR_LACKING {
            return Ok(progress);
        }
        Ok(match progress {
            FlowProgress::Part(batch) => FlowProgress::Part(without_lacking(batch, &lacking)),
            FlowProgress::Done(batch) => FlowProgress::Done(without_lacking(batch, &lacking)),
            FlowProgress::More => FlowProgress::More,
        })
    }
}

/// A certificate whose record lacks what decides about it is requested by its id.
fn without_lacking(mut batch: ListBatch, lacking: &HashSet<String>) -> ListBatch {
    let lacks = |facts: &Facts| {
        let absent = facts.start_due && facts.not_before.value == DateValue::Absent;
        let lacks = facts.id.as_ref().is_some_and(|id| lacking.contains(id));
        facts.word == ProviderState::ByDate && facts.id.is_some() && (absent || lacks)
    };
    let lacking = batch.certificates.extract_if(.., |facts| lacks(facts));
    batch.ids = lacking.filter_map(|facts| facts.id).collect();
    batch
}

/// Takes a page into account: what of it is new, and how the list goes on.
pub fn take_page(cursor: &mut Cursor, page: Page) -> FlowProgress<ListBatch> {
    let Page {
        mut certificates,
        total,
        continuation,
        ..
    } = page;
    let mut known = Vec::new();
    let items = certificates
        .iter()
        .map(|facts| (facts.id.as_deref(), content(facts)));
    let next = cursor.take(total, continuation, items, |item| known.push(item));
    let (mut known, mut contradicted) = (known.into_iter(), Vec::new());
    certificates.retain_mut(|facts| {
        let item = known.next();
        if item == Some(Seen::Differs) {
            contradicted.extend(facts.id.take());
        }
        item == Some(Seen::New)
    });
    let mut batch = ListBatch {
        certificates,
        contradicted,
        total: cursor.total(),
        ..ListBatch::default()
    };
    match next {
        Next::More => FlowProgress::Part(batch),
        Next::Done => FlowProgress::Done(batch),
        Next::Incomplete(why) => {
            batch.missing = Some(incomplete(&why));
            FlowProgress::Done(batch)
        }
    }
}

/// What tells records of one id apart.
pub(super) fn content(facts: &Facts) -> impl Hash + '_ {
    let dates = (&facts.not_before.raw, &facts.not_after.raw);
    (&facts.provider_status, dates, &facts.domains)
}

/// The records of a page: under `list`, with the total under `total`. Services write an empty list as null too.
/// `read` makes a certificate of each record; one that is no record is a certificate of unknown state.
pub fn page(
    object: &Object,
    [list, total]: [&'static str; 2],
    read: impl Fn(&Object) -> Facts,
) -> Result<Page, Error> {
    let total = read_total(object, total);
    let no_record = || {
        let mut facts = Facts::default();
        facts.note(Note::FieldUnreadable {
            field: list,
            problem: FieldProblem::MemberNotRecord,
        });
        facts
    };
    let one = |record: &Json| {
        let mut facts = record.as_object().map_or_else(no_record, &read);
        if facts.id.is_none() {
            facts.mismatch = true;
            facts.note(Note::IdMismatch { reported: None });
        }
        facts
    };
    let certificates = match object.field(list) {
        // One more than a list may have, which shows that there are too many.
        Field::Value(Json::Array(records)) => records
            .iter()
            .take(MOST_CERTIFICATES + 1)
            .map(one)
            .collect(),
        Field::Absent if object.names(list) => Vec::new(),
        Field::Absent if total == Total::Of(0) => Vec::new(),
        _ => return Err(response_body::wrong_shape(&format!("no list {list}"))),
    };
    Ok(Page {
        total,
        certificates,
        ..Page::default()
    })
}

fn read_total(object: &Object, key: &str) -> Total {
    let text = match object.field(key) {
        Field::Absent => return Total::Absent,
        Field::Contradictory => None,
        Field::Value(value) => value.scalar(),
    };
    match text {
        Some(text) if text.is_empty() => Total::Absent,
        text => text
            .and_then(|text| text.parse().ok())
            .map_or(Total::Unreadable, Total::Of),
    }
}

/// The token of the next page under a key. Without the key, with null or an empty text there is no more.
pub fn next_token(object: &Object, key: &str) -> Continuation {
    let text = match object.field(key) {
        Field::Absent => return Continuation::End,
        Field::Contradictory => None,
        Field::Value(value) => value.scalar(),
    };
    match text {
        Some(text) if text.is_empty() => Continuation::End,
        Some(text) => Continuation::Token(text),
        None => Continuation::Unreadable,
    }
}

/// A list that contradicts itself.
pub fn contradiction(id: &str) -> Error {
    incomplete(&format!("it says two different things about {id}")).quoting(id)
}

/// A list that is not known to be whole.
pub fn incomplete(why: &str) -> Error {
    let text = format!("the list of this account is incomplete: {why}");
    Error::new(Kind::Protocol, text).with_hint("run it again; ask for what is missing by its id")
}

/// A page that could not be had: smaller ones are tried where it was too large, and what came before it counts. The
/// list is incomplete then, unless the page lies beyond its total and is refused as a wrong parameter: it does not exist.
pub fn broken_off(cursor: &mut Cursor, error: Error) -> Result<FlowProgress<ListBatch>, Error> {
    if cursor.smaller_after(&error) {
        return Ok(FlowProgress::Part(ListBatch::default()));
    }
    if error.kind == Kind::Usage && cursor.is_beyond() {
        return Ok(FlowProgress::Done(ListBatch::default()));
    }
    if cursor.seen() == 0 {
        return Err(error);
    }
    let total = cursor.total().map(|total| format!(" of {total}"));
    let reached = format!("{}{}", cursor.seen(), total.unwrap_or_default());
    let message = format!(
        "the list of this account is incomplete, it ends after {reached}: {}",
        error.message
    );
    let mut missing = Error { message, ..error };
    if missing.kind == Kind::Usage {
        // Not the user's parameters: Huawei's list takes no offset beyond its third page.
        missing.kind = Kind::Refused;
        missing = missing.with_hint("ask for what is missing by its id");
    }
    Ok(FlowProgress::Done(ListBatch::missing(missing)))
}
