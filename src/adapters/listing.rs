//! Lists of what an account holds, page by page.

use std::collections::HashSet;
use std::hash::Hash;
use std::rc::Rc;

use super::body;
use super::list_limits::{Limited, MOST_CERTIFICATES};
use super::pagination::{Cursor, Next, PageRequest, PageStyle, Seen, Total};
use crate::credentials::CurrentKey;
use crate::error::{Error, Kind};
use crate::exchange::{Flow, Outcome, Progress, Request, Response, Stamp, Step};
use crate::json::{Field, Json, Object};
use crate::model::note::FieldProblem;
use crate::model::timestamp::Value;
use crate::model::{Facts, Note, Word};

/// What the records of a list tell, beside the answers about one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordDetail {
    /// Something else.
    Other,
    /// The same, but for the start of validity, and so the lifetime.
    WithoutStart,
    /// The same: they stand in for such answers.
    Whole,
}

/// A part of a list.
#[derive(Default)]
pub struct ListBatch {
    /// Certificates, none of them twice.
    pub certificates: Vec<Facts>,
    /// Ids, where a list has no more than that, or too little: they are to be asked for one by one.
    pub ids: Vec<String>,
    /// Ids of which the list has said something else before.
    pub contradicted: Vec<String>,
    /// How many the whole list has, by the service's word.
    pub total: Option<u64>,
    /// Why a part of the list stays unknown.
    pub missing: Option<Error>,
}

/// A list that can be read.
pub struct ListFlow {
    /// Whether it begins with what ends last.
    pub latest_first: bool,
    /// The conversation.
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
pub struct Page {
    /// How many the whole list has.
    pub count: Total,
    /// The certificates; each has its own id as the one that was asked for.
    pub certificates: Vec<Facts>,
    /// The ids of those about which the record lacks what decides, and the answer about one certificate may have it.
    pub lacking: HashSet<String>,
}

/// A service with one list of certificates.
pub trait ListApi {
    /// The question for a page, signed for one try.
    fn page(&self, at: PageRequest, key: &CurrentKey, stamp: Stamp) -> Result<Request, Error>;
    /// Reads its answer.
    fn read_page(&self, response: &Response) -> Result<Page, Error>;
}

/// Reads a list of certificates to its end.
pub struct PagedFlow<S> {
    service: Rc<S>,
    key: CurrentKey,
    pages: Cursor,
}

impl<S: ListApi> PagedFlow<S> {
    /// A list in pages of the first of these sizes; the others are for answers that prove too large.
    pub fn new(
        service: Rc<S>,
        key: CurrentKey,
        counting: PageStyle,
        sizes: &'static [usize],
    ) -> PagedFlow<S> {
        PagedFlow {
            service,
            key,
            pages: Cursor::new(counting, sizes),
        }
    }
}

impl<S: ListApi> Flow for PagedFlow<S> {
    type Output = ListBatch;

    fn step(&self, stamp: Stamp) -> Result<Step, Error> {
        let request = self.service.page(self.pages.at(), &self.key, stamp)?;
        Ok(Step::read(request))
    }

    fn answer(&mut self, answer: Result<Outcome, Error>) -> Result<Progress<ListBatch>, Error> {
        let response = match answer.and_then(Outcome::http) {
            Ok(response) => response,
            Err(error) => return broken_off(&mut self.pages, error),
        };
        let mut page = self.service.read_page(&response)?;
        let lacking = std::mem::take(&mut page.lacking);
        Ok(match taken(&mut self.pages, page) {
            Progress::Part(listed) => Progress::Part(asking(listed, &lacking)),
            Progress::Done(listed) => Progress::Done(asking(listed, &lacking)),
            Progress::More => Progress::More,
        })
    }
}

/// A certificate whose record lacks what decides about it is asked for by its id.
fn asking(mut listed: ListBatch, lacking: &HashSet<String>) -> ListBatch {
    let lacks = |facts: &Facts| {
        let absent = facts.start_due && facts.not_before.value == Value::Absent;
        let lacks = facts.id.as_ref().is_some_and(|id| lacking.contains(id));
        facts.word == Word::ByDate && facts.id.is_some() && (absent || lacks)
    };
    let lacking = listed.certificates.extract_if(.., |facts| lacks(facts));
    listed.ids = lacking.filter_map(|facts| facts.id).collect();
    listed
}

/// Takes a page into account: what of it is new, and how the list goes on.
pub fn taken(pages: &mut Cursor, page: Page) -> Progress<ListBatch> {
    let Page {
        mut certificates,
        count,
        ..
    } = page;
    let mut known = Vec::new();
    let items = certificates
        .iter()
        .map(|facts| (facts.id.as_deref(), says(facts)));
    let turn = pages.take(count, items, |item| known.push(item));
    let (mut known, mut contradicted) = (known.into_iter(), Vec::new());
    certificates.retain_mut(|facts| {
        let item = known.next();
        if item == Some(Seen::Differs) {
            contradicted.extend(facts.id.take());
        }
        item == Some(Seen::New)
    });
    let mut listed = ListBatch {
        certificates,
        contradicted,
        total: pages.total(),
        ..ListBatch::default()
    };
    match turn {
        Next::More => Progress::Part(listed),
        Next::Done => Progress::Done(listed),
        Next::Incomplete(why) => {
            listed.missing = Some(incomplete(&why));
            Progress::Done(listed)
        }
    }
}

/// What tells records of one id apart.
pub(super) fn says(facts: &Facts) -> impl Hash + '_ {
    let dates = (&facts.not_before.raw, &facts.not_after.raw);
    (&facts.provider_status, dates, &facts.domains)
}

/// The records of a page: under `list`, with the total under `count`. Services write an empty list as null too.
/// `read` makes a certificate of each; what is no record is one whose state is not known.
pub fn page(
    object: &Object,
    [list, count]: [&'static str; 2],
    read: impl Fn(&Object) -> Facts,
) -> Result<Page, Error> {
    let count = counted(object, count);
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
        // One more than a list may have, which says that there are too many.
        Field::Value(Json::Array(records)) => records
            .iter()
            .take(MOST_CERTIFICATES + 1)
            .map(one)
            .collect(),
        Field::Absent if object.names(list) => Vec::new(),
        Field::Absent if count == Total::Of(0) => Vec::new(),
        _ => return Err(body::wrong_shape(&format!("no list {list}"))),
    };
    Ok(Page {
        count,
        certificates,
        lacking: HashSet::new(),
    })
}

fn counted(object: &Object, key: &str) -> Total {
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

/// A list that contradicts itself.
pub fn contradiction(id: &str) -> Error {
    incomplete(&format!("it says two different things about {id}")).quoting(id)
}

/// A list that is not known to be whole.
pub fn incomplete(why: &str) -> Error {
    let text = format!("the list of this account is incomplete: {why}");
    Error::new(Kind::Protocol, text).with_hint("run it again; ask for what is missing by its id")
}

/// Where the largest page is not documented, one that is too large is refused as a wrong parameter. Whether a smaller
/// one is asked for now.
pub fn smaller_may_do(pages: &mut Cursor, error: &Error) -> bool {
    error.kind == Kind::Usage && pages.seen() == 0 && pages.smaller()
}

/// A page that could not be had: smaller ones are tried where it was too large, and what came before it counts. The
/// list is incomplete then, unless the page lies beyond its count and is refused as a wrong parameter: it does not exist.
pub fn broken_off(pages: &mut Cursor, error: Error) -> Result<Progress<ListBatch>, Error> {
    if error.too_large && pages.smaller() {
        return Ok(Progress::Part(ListBatch::default()));
    }
    if error.kind == Kind::Usage && pages.is_beyond() {
        return Ok(Progress::Done(ListBatch::default()));
    }
    if pages.seen() == 0 {
        return Err(error);
    }
    let total = pages.total().map(|total| format!(" of {total}"));
    let reached = format!("{}{}", pages.seen(), total.unwrap_or_default());
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
    Ok(Progress::Done(ListBatch {
        missing: Some(missing),
        ..ListBatch::default()
    }))
}
