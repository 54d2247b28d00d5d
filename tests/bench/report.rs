//! Results as a Markdown table for people and as JSON for programs.

use crate::machine::Machine;
use crate::stats::Spread;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// What a value should be.
#[derive(Clone, Copy)]
pub enum Aim {
    /// No less.
    AtLeast(f64),
    /// No more.
    AtMost(f64),
}

/// A group of results.
pub struct Section {
    title: String,
    rows: Vec<Row>,
    notes: Vec<String>,
}

struct Row {
    label: String,
    value: Spread,
    unit: &'static str,
    aim: Option<Aim>,
}

impl Section {
    /// An empty one.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), rows: Vec::new(), notes: Vec::new() }
    }

    /// Adds one value.
    pub fn row(&mut self, label: impl Into<String>, value: f64, unit: &'static str) -> &mut Self {
        self.spread(label, Spread { median: value, least: value, most: value }, unit)
    }

    /// Adds a median with its ends.
    pub fn spread(&mut self, label: impl Into<String>, value: Spread, unit: &'static str) -> &mut Self {
        self.rows.push(Row { label: label.into(), value, unit, aim: None });
        self
    }

    /// Says what the value added last should be.
    pub fn aim(&mut self, aim: Aim) -> &mut Self {
        if let Some(row) = self.rows.last_mut() {
            row.aim = Some(aim);
        }
        self
    }

    /// Adds a sentence below the table.
    pub fn note(&mut self, text: impl Into<String>) -> &mut Self {
        self.notes.push(text.into());
        self
    }
}

impl Row {
    fn met(&self) -> Option<bool> {
        self.aim.map(|aim| match aim {
            Aim::AtLeast(bound) => self.value.median >= bound,
            Aim::AtMost(bound) => self.value.median <= bound,
        })
    }

    fn aim(&self) -> String {
        let Some(aim) = self.aim else { return String::new() };
        let (sign, bound) = match aim {
            Aim::AtLeast(bound) => ("≥", bound),
            Aim::AtMost(bound) => ("≤", bound),
        };
        let met = if self.met() == Some(true) { "met" } else { "**missed**" };
        format!("{sign} {}, {met}", number(bound))
    }
}

/// As a person writes it: thousands apart, small numbers with as many digits as say something.
fn number(value: f64) -> String {
    match value.abs() {
        least if least >= 1000.0 => {
            let digits = format!("{value:.0}");
            let split = digits.len() % 3;
            let groups = digits.as_bytes()[split..].chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
            let first = (split > 0).then(|| digits[..split].to_owned());
            first.into_iter().chain(groups).collect::<Vec<_>>().join(",")
        }
        least if least >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        least if least >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// For docs/BENCHMARKS.md.
pub fn markdown(machine: &Machine, sections: &[Section]) -> String {
    let others = machine.others();
    let mut text = format!(
        "Machine: {}. Load average before: {:.2}; other programs took {others:.0} % of the cores meanwhile.\n",
        machine.line, machine.load
    );
    for section in sections {
        let _ = write!(text, "\n### {}\n\n| Measure | Value | Spread | Aim |\n|---|--:|--:|---|\n", section.title);
        for row in &section.rows {
            let Spread { median, least, most } = row.value;
            let spread =
                if (most - least).abs() < f64::EPSILON { String::new() } else { format!("{} … {}", number(least), number(most)) };
            let _ = writeln!(text, "| {} | {} {} | {spread} | {} |", row.label, number(median), row.unit, row.aim());
        }
        for note in &section.notes {
            let _ = write!(text, "\n{note}\n");
        }
    }
    text
}

/// For programs.
pub fn json(machine: &Machine, sections: &[Section]) -> String {
    let rows = |section: &Section| {
        let values = section.rows.iter().map(|row| {
            let value =
                json!({ "value": row.value.median, "least": row.value.least, "most": row.value.most, "unit": row.unit, "met": row.met() });
            (row.label.clone(), value)
        });
        Value::Object(values.collect())
    };
    let sections: Map<String, Value> = sections.iter().map(|section| (section.title.clone(), rows(section))).collect();
    let all = json!({ "machine": machine.line, "load": machine.load, "others": machine.others(), "sections": sections });
    format!("{all:#}\n")
}
