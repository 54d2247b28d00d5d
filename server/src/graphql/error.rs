//! Errors as clients see them: a sentence and `extensions.code`, listed in docs/ERRORS.md. The chain goes to the
//! server's log, once, here.

use super::bounds::few;
use crate::asked::AskError;
use crate::catalog::CatalogError;
use crate::log::LogError;
use crate::request;
use crate::search::SearchError;
use crate::sqlite;
use async_graphql::{Error, ErrorExtensionValues, ErrorExtensions, Response, ServerError, Value};

/// The code of an answer that became too large.
pub const TOO_LARGE: &str = "TOO_LARGE";

/// The code of an answer that met damage in the catalog.
pub const CATALOG_DAMAGED: &str = "CATALOG_DAMAGED";

/// The code of an answer for want of what it rests on.
const UNAVAILABLE: &str = "UNAVAILABLE";

/// What clients are told of damage.
pub const DAMAGE: &str =
    "the catalog is damaged where this is kept; it is checked and made anew from the event log, ask again in some seconds";

/// Why a field has no answer. It prints nothing by itself: async-graphql would turn anything that
/// does into an error without a code.
pub enum ApiError {
    /// The question is wrong; change it.
    BadInput(String),
    /// What was named is not there.
    NotFound(String),
    /// The question asks for too much at once; make several of it.
    TooComplex(String),
    /// The answer would be too large; ask for less of it.
    TooLarge(String),
    /// Others are first, or more is sent than the server can take; the same again in some seconds.
    Busy(String),
    /// What the answer rests on cannot be reached; again later, and a person must look.
    Unavailable(String, String),
    /// An entry of the event log cannot be read, so what it says is missing; a person must look.
    EntryUnreadable(String),
    /// What the catalog gives is not what was written to it. It is checked and made anew; the same again in a moment.
    CatalogDamaged(String),
    /// Ours; try again, then look at the server's log.
    Internal(&'static str, String),
}

impl From<CatalogError> for ApiError {
    fn from(error: CatalogError) -> Self {
        Self::met(&error)
    }
}

impl ApiError {
    /// What the catalog's error means to a client.
    fn met(error: &CatalogError) -> Self {
        if error.is_damage() {
            return Self::CatalogDamaged(error.with_cause());
        }
        Self::Unavailable(format!("the catalog cannot be read: {}", error.words()), error.with_cause())
    }
}

impl From<AskError> for ApiError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Wrong(why) => Self::BadInput(why),
            AskError::Catalog(error) => error.into(),
            AskError::Work(error) => error.into(),
        }
    }
}

impl From<SearchError> for ApiError {
    fn from(error: SearchError) -> Self {
        Self::Internal("the server could not search", format!("{error:?}"))
    }
}

impl From<LogError> for ApiError {
    fn from(error: LogError) -> Self {
        match &error {
            LogError::Overloaded => Self::Busy("more events are waiting than the server can take; try again in a second".into()),
            LogError::Unwritable(_) => Self::Unavailable("the event log cannot be written; /readyz says why".into(), format!("{error:?}")),
            LogError::Damaged(..) => Self::EntryUnreadable(error.to_string()),
            LogError::Unreadable(e) => {
                Self::Unavailable(format!("the event log cannot be read: {}", sqlite::words(e, "log.db")), format!("{error:?}"))
            }
            LogError::Unusable(_) => Self::Internal("the server could not read its event log", format!("{error:?}")),
        }
    }
}

impl ApiError {
    /// As an error of the whole request, which has no place in it.
    pub fn into_server_error(self) -> ServerError {
        server_error(self.into())
    }
}

fn server_error(Error { message, extensions, .. }: Error) -> ServerError {
    let mut error = ServerError::new(message, None);
    error.extensions = extensions;
    error
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::BadInput(message) => coded(message, "BAD_INPUT"),
            ApiError::NotFound(message) => coded(message, "NOT_FOUND"),
            ApiError::TooComplex(message) => coded(message, "TOO_COMPLEX"),
            ApiError::TooLarge(message) => coded(message, TOO_LARGE),
            ApiError::Busy(message) => coded(message, "BUSY"),
            ApiError::EntryUnreadable(message) => coded(message, "ENTRY_UNREADABLE"),
            ApiError::Unavailable(message, cause) => {
                tracing::error!(cause, "a query could not be answered");
                coded(format!("{message}; {}", request::where_to_look()), UNAVAILABLE)
            }
            ApiError::CatalogDamaged(cause) => {
                tracing::error!(cause, "a query met damage in the catalog");
                coded(DAMAGE, CATALOG_DAMAGED)
            }
            ApiError::Internal(message, cause) => {
                tracing::error!(cause, "a query failed");
                coded(format!("{message}; {}", request::where_to_look()), "INTERNAL")
            }
        }
    }
}

fn coded(message: impl Into<String>, code: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}

/// Shorthand of the resolvers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A question that cannot be answered as it is.
pub fn bad_input(message: impl Into<String>) -> Error {
    ApiError::BadInput(message.into()).into()
}

/// Something named that is not there, where an answer of null would say less.
pub fn not_found(message: impl Into<String>) -> Error {
    ApiError::NotFound(message.into()).into()
}

/// An answer that says no more than why there is none.
pub fn refused(message: &str, code: &str) -> Response {
    Response::from_errors(vec![server_error(coded(message, code))])
}

/// Whether an answer could not be read from the catalog, which may be damaged then.
pub fn met_damage(answer: &Response) -> bool {
    has_code(answer, CATALOG_DAMAGED).or_else(|| has_code(answer, UNAVAILABLE)).is_some()
}

/// The first error of an answer that has this code.
pub fn has_code<'a>(answer: &'a Response, code: &str) -> Option<&'a ServerError> {
    let is_it = |error: &&ServerError| error.extensions.as_ref().and_then(|all| all.get("code")) == Some(&Value::from(code));
    answer.errors.iter().find(is_it)
}

/// An answer as it leaves: each of its errors has a code and the id of the request; there are a few of them, each short.
pub fn finished(mut answer: Response) -> Response {
    let id = request::current();
    for error in &mut answer.errors {
        // One that came here by itself, and not through `ApiError`.
        if let Some(cause) = error.source::<CatalogError>() {
            let Error { message, extensions, .. } = ApiError::met(cause).into();
            (error.message, error.extensions) = (message, extensions);
        }
        let code = usual_code(error);
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        if extensions.get("code").is_none() {
            extensions.set("code", code);
        }
        if let Some(id) = &id {
            extensions.set("requestId", Value::from(id.as_str()));
        }
    }
    few(&mut answer.errors);
    answer
}

/// The code of what async-graphql itself says: of the document as a whole, or of a value at a field.
fn usual_code(error: &ServerError) -> &'static str {
    const LIMITS: [&str; 4] = ["Query is nested too deep", "Query is too complex", "The recursion depth", "The number of directives"];
    if LIMITS.iter().any(|limit| error.message.starts_with(limit)) {
        "TOO_COMPLEX"
    } else if error.path.is_empty() {
        "BAD_QUERY"
    } else {
        "BAD_INPUT"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_documentation_lists_every_code() {
        let source = include_str!("error.rs").split("#[cfg(test)]").next().unwrap();
        let words = source.split('"').filter(|word| word.len() > 3 && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'));
        let given: BTreeSet<&str> = words.collect();
        let text = std::fs::read_to_string("../docs/ERRORS.md").unwrap();
        let (_, table) = text.split_once("## GraphQL").unwrap();
        let listed: BTreeSet<&str> = table.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0)).collect();
        assert_eq!(given, listed);
    }

    #[test]
    fn overload_is_no_bug() {
        let error: Error = ApiError::from(LogError::Overloaded).into();
        assert_eq!(error.extensions.and_then(|all| all.get("code").cloned()), Some(Value::from("BUSY")));
    }
}
