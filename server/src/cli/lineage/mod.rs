//! `headwater lineage`: asks a running server and shows the answer to a person, or passes on its JSON. Pages are followed
//! to the end, so that nothing is cut.

mod table;

use super::Failure;
use super::question::Question;
use crate::completeness::IncompleteReason;
use clap::Args;
use serde_json::Value;
use std::io::{self, Write};
use table::Answer;

/// Nodes of a page. The server sends fewer when it lists fewer at once.
const PAGE: usize = 10_000;

/// What `lineage` takes. The words are those of GraphQL's `lineage`.
#[derive(Args)]
#[command(after_help = "\
  headwater lineage --dataset postgres://db:5432 shop.public.orders --direction downstream
  headwater lineage --column postgres://db:5432 shop.public.orders amount --granularity column --kinds direct
  headwater lineage --tag pii --direction downstream --where-owner team:finance --datasets-only
  headwater lineage --namespace postgres://db:5432 --granularity owner --json

The first line has the exact totals and the log sequence that the answer holds for. The exit code is 1 when the answer is not
complete, or when something that was named is not known; 2 when the server is catching up with its event log, so that what is
newer may be missing: ask again.")]
pub(super) struct Lineage {
    #[command(flatten)]
    question: Question,
    /// Print the server's answer as JSON
    #[arg(long)]
    json: bool,
}

impl Lineage {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut pages = vec![self.page(None)?];
        while let Some(cursor) = cursor(&pages[pages.len() - 1].1) {
            pages.push(self.page(Some(cursor))?);
        }
        let why = incomplete(&pages);
        let text = if self.json { json(pages) } else { Answer::read(&pages.iter().map(|(_, page)| page).collect::<Vec<_>>()).to_string() };
        match io::stdout().lock().write_all(text.as_bytes()) {
            // Whoever reads from us has enough: `headwater lineage … | head`.
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Err(Failure::Silent),
            Err(e) => Err(Failure::Said(format!("cannot write the answer: {e}"))),
            Ok(()) => why.map_or(Ok(()), Err),
        }
    }

    /// A page as it came, and read.
    fn page(&self, after: Option<String>) -> Result<(String, Value), Failure> {
        let mut more = vec![("first", PAGE.to_string())];
        more.extend(after.map(|after| ("after", after)));
        // A person is not shown the runs behind each edge; `--evidence` comes later and counts.
        more.extend((!self.json).then(|| ("evidence", "0".to_owned())));
        let response = self.question.ask("/api/v1/lineage", &more)?;
        let text = response.into_body().into_with_config().limit(u64::MAX).read_to_string();
        let text = text.map_err(|e| Failure::Said(format!("the answer broke off: {e}")))?;
        let read = serde_json::from_str(&text).map_err(|e| Failure::Said(format!("the server's answer is no JSON: {e}")))?;
        Ok((text, read))
    }
}

/// How the command ends when some page is not complete.
fn incomplete(pages: &[(String, Value)]) -> Option<Failure> {
    let pages = || pages.iter().map(|(_, page)| page);
    let page = pages().filter(|page| page["complete"] != true).min_by_key(|page| !is_behind(page))?;
    let text = format!("the answer is not complete: {}", page["truncatedBecause"].as_str().unwrap_or("the server does not say why"));
    Some(if is_behind(page) { Failure::Usage(text) } else { Failure::Said(text) })
}

fn is_behind(page: &Value) -> bool {
    page["incompleteReason"] == IncompleteReason::CatchingUp.word()
}

fn cursor(page: &Value) -> Option<String> {
    page["nextCursor"].as_str().map(str::to_owned)
}

/// One page as it came; of several one answer.
fn json(mut pages: Vec<(String, Value)>) -> String {
    if pages.len() == 1 {
        return pages.remove(0).0 + "\n";
    }
    let mut pages = pages.into_iter().map(|(_, page)| page);
    let mut whole = pages.next().unwrap_or_default();
    for mut page in pages {
        for list in ["nodes", "edges"] {
            let more = page[list].as_array_mut().map(std::mem::take).unwrap_or_default();
            whole[list].as_array_mut().into_iter().for_each(|known| known.extend(more.iter().cloned()));
        }
        for last in ["graphVersion", "nextCursor"] {
            whole[last] = page[last].take();
        }
        // What one page lacks the whole lacks; that the server is behind weighs more than any other reason.
        if whole["complete"] == true || (is_behind(&page) && !is_behind(&whole)) {
            for reason in ["complete", "truncatedBecause", "incompleteReason", "acknowledged"] {
                page.as_object_mut().and_then(|page| page.remove(reason)).into_iter().for_each(|value| whole[reason] = value);
            }
        }
    }
    format!("{whole}\n")
}
