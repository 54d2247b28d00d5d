//! What is logged and how it looks: lines for people or JSON for machines, on standard error. Each line of a request
//! ends with its id.

use super::Failure;
use crate::request;
use clap::{Args, ValueEnum};
use schema::moment::Moment;
use std::fmt;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{FmtSpan, Format, Full, Json, JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, format};
use tracing_subscriber::registry::LookupSpan;

/// Warnings of libraries, and what the server has to say.
const USUAL: &str = "warn,server=info,tantivy=warn";
/// Statements of SQL, and that one was slow, are for who asks for `sqlx` by name.
const WITHOUT_SQL: &str = "sqlx=warn,sqlx::query=off";
/// Where lines can come from: what HEADWATER_LOG may name without a level.
const TARGETS: [&str; 11] =
    ["server", "schema", "ingest_adapters", "ui", "sqlx", "tantivy", "hyper", "h2", "tokio", "tower_http", "async_graphql"];

/// How lines look.
#[derive(Args)]
pub(super) struct LogArgs {
    /// How lines of the log look: text, or json
    #[arg(
        long,
        value_name = "FORMAT",
        env = "HEADWATER_LOG_FORMAT",
        default_value = "text",
        global = true,
        hide_default_value = true,
        hide_possible_values = true
    )]
    log_format: LogFormat,
}

/// A format of lines.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// For people: colours on a terminal, unless NO_COLOR is set.
    Text,
    /// One object a line.
    Json,
}

/// Whether lines are JSON.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// Whether lines are to be JSON, where the command line could not be read. Then `say` writes JSON.
pub(super) fn is_json_asked() -> bool {
    let arguments: Vec<String> = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let is_said =
        arguments.windows(2).any(|pair| pair == ["--log-format", "json"]) || arguments.iter().any(|one| one == "--log-format=json");
    let is_json = is_said || std::env::var("HEADWATER_LOG_FORMAT").is_ok_and(|format| format.eq_ignore_ascii_case("json"));
    IS_JSON.store(is_json, Ordering::Relaxed);
    is_json
}

/// Writes what the person or machine at standard error must see, whatever HEADWATER_LOG says: a sentence, or an object like
/// every other line.
pub(super) fn say(level: &str, sentence: &str) {
    let line = if IS_JSON.load(Ordering::Relaxed) {
        let now = Moment(crate::ingest::now_micros());
        serde_json::json!({ "timestamp": now.to_string(), "level": level, "message": sentence }).to_string()
    } else {
        format!("headwater: {sentence}")
    };
    // Nobody may be there to read it.
    let _ = writeln!(std::io::stderr(), "{line}");
}

impl LogArgs {
    /// Starts logging; HEADWATER_LOG chooses how much.
    pub(super) fn start(&self) -> Result<(), Failure> {
        IS_JSON.store(self.log_format == LogFormat::Json, Ordering::Relaxed);
        let asked = std::env::var("HEADWATER_LOG").ok().filter(|text| !text.trim().is_empty());
        let filter = filter(asked.as_deref()).map_err(Failure::Usage)?;
        let lines = tracing_subscriber::fmt().with_env_filter(filter).with_span_events(FmtSpan::CLOSE).with_writer(std::io::stderr);
        // A line that cannot be written is lost. To say so where it could not be written would end the thread.
        let lines = lines.log_internal_errors(false);
        match self.log_format {
            LogFormat::Text => {
                let is_plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) || !std::io::stderr().is_terminal();
                let look = format().with_target(false).with_ansi(!is_plain);
                lines.with_ansi(!is_plain).event_format(WithId::<Format<Full>>(look)).init();
            }
            LogFormat::Json => {
                let look = format().json().flatten_event(true).with_current_span(true).with_span_list(false);
                lines.fmt_fields(JsonFields::new()).event_format(WithId::<Format<Json>>(look)).init();
                // Else the one line that is no JSON is the one that matters.
                std::panic::set_hook(Box::new(|panic| tracing::error!(panic = %panic, "a bug")));
            }
        }
        Ok(())
    }
}

/// Reads a filter, strictly: a word that selects nothing would silence the log.
fn filter(asked: Option<&str>) -> Result<EnvFilter, String> {
    let text = asked.unwrap_or(USUAL);
    let wrong = |why: &str| {
        format!(
            "HEADWATER_LOG={text:?} is wrong: {why}. Say a level (error, warn, info, debug, trace, off) or TARGET=LEVEL, several with commas: warn,server=debug"
        )
    };
    // Nothing at all would be read as a level too.
    let is_level = |word: &str| !word.is_empty() && word.parse::<tracing::level_filters::LevelFilter>().is_ok();
    let mut selects = text.is_empty();
    for word in text.split(',').map(str::trim) {
        let target = word.split(['=', '[']).next().unwrap_or(word);
        let known = TARGETS.contains(&target.split("::").next().unwrap_or(target));
        let is_sane =
            target.bytes().all(|b| b.is_ascii_alphanumeric() || b"_:-".contains(&b)) && (!target.is_empty() || word.starts_with('['));
        if !is_sane || !is_level(word) && !known && !word.contains('=') {
            return Err(wrong(&format!("{word:?} is neither a level nor a part of the server")));
        }
        selects |= known || is_level(word) || word.starts_with('[');
    }
    if !selects {
        return Err(wrong("it names no part of the server, so nothing would be logged"));
    }
    let whole = if text.contains("sqlx") { text.to_owned() } else { format!("{text},{WITHOUT_SQL}") };
    EnvFilter::builder().parse(&whole).map_err(|e| wrong(&e.to_string()))
}

/// Ends each line with the id of the request that it belongs to.
struct WithId<F>(F);

/// Where the id goes in a line.
trait Ending {
    fn end(line: &str, id: &request::RequestId) -> String;
}

impl Ending for Format<Full> {
    fn end(line: &str, id: &request::RequestId) -> String {
        format!("{line} request={id}")
    }
}

impl Ending for Format<Json> {
    fn end(line: &str, id: &request::RequestId) -> String {
        line.strip_suffix('}').map_or_else(|| line.to_owned(), |open| format!("{open},\"request\":\"{id}\"}}"))
    }
}

impl<S, N, F> FormatEvent<S, N> for WithId<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N> + Ending,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let Some(id) = request::current() else { return self.0.format_event(context, writer, event) };
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        writeln!(writer, "{}", F::end(line.trim_end_matches('\n'), &id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_selects_nothing_is_refused() {
        for sound in [
            "",
            "debug",
            "warn,server=debug",
            "server::log=trace",
            "server",
            "off",
            "sqlx=info,warn",
            "mycrate=warn,info",
            "server[intake]=debug",
        ] {
            assert!(filter(Some(sound).filter(|text| !text.is_empty())).is_ok(), "{sound}");
        }
        for wrong in ["verbose", "server=loud", "warn,,info", "servre", "warn;server=debug", "=", "debug,nothing", "mycrate=warn"] {
            let said = filter(Some(wrong)).err().unwrap_or_else(|| panic!("{wrong:?} is taken"));
            assert!(said.starts_with("HEADWATER_LOG=") && said.contains("warn,server=debug"), "{said}");
        }
    }
}
