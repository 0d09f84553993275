//! Pagination: how pages are named, and the rule by which a list was read to its end, the same for every provider.
//! `cursor` is the arithmetic.
//!
//! The rule: an empty page, or one with nothing but the overlap with the page before, ends a list; so does the service's
//! own "no more". The list is whole if the service's total is absent, reached, or below what came; it is incomplete if
//! the total is above that or cannot be read. Without such an end a list ends only at a total that an earlier page had
//! and that is now reached exactly. A total that first appears with what has come, or rises with each page, proves
//! nothing: so the only page of a list costs a second request.
//!
//! Pages by token are followed as long as there is a token, also through empty pages: only the service's own "no more"
//! ends them, and a total proves nothing before. A token that comes twice is a loop.
//!
//! Traps that were seen or must be feared: a page smaller than requested; a total that is wrong, changes, is missing, or
//! counts the page and not the list; an offset that is ignored, or clamped to the last page; a list that grows or shrinks
//! between two pages, so that items at their seam move; a token that is an offset in disguise. A list that is not known
//! to be whole is never taken for whole.

/// How a service names a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageStyle {
    /// By the offset of its first item; the first is 0. Each page but the first is requested from the last item of the
    /// page before: if that item is not there any more, the list has moved.
    Offset,
    /// By its number; the first is 1.
    Number,
    /// By a token in the page before; the first has none.
    Token,
}

/// A page to request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// Offset or number, by the style of the service.
    pub position: usize,
    /// How many items it may have.
    pub size: usize,
    /// The token from the page before.
    pub token: Option<String>,
}

/// The length of the whole list, as a page gives it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Total {
    /// Not given.
    #[default]
    Absent,
    /// A number.
    Of(u64),
    /// Something that cannot be read, or two different numbers.
    Unreadable,
}

/// What a page says about the page after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Continuation {
    /// Nothing: the service has no such field.
    #[default]
    Unstated,
    /// There is no more.
    End,
    /// The token of the next page.
    Token(String),
    /// Something that cannot be read.
    Unreadable,
}

/// What to do after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Request the next page.
    More,
    /// The list was read to its end.
    Done,
    /// It was not, for this reason.
    Incomplete(String),
}
