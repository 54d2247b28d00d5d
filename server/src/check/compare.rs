//! A proposed schema and the one of today: what would change. Names that differ only by case are one
//! column where that leaves no doubt: warehouses fold names, files do not.

use super::wire::{Edit, Field, Proposed, What};

/// A change of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub what: What,
    /// As the catalog has it; of a new one as proposed.
    pub column: String,
    pub to: Option<String>,
    pub old_type: Option<String>,
    pub new_type: Option<String>,
}

impl Difference {
    fn of(what: What, column: &str) -> Self {
        Self { what, column: column.to_owned(), to: None, old_type: None, new_type: None }
    }
}

/// What a proposal changes, and what it says that makes no sense. In the order of the current columns, then
/// of the new ones.
pub fn compare(current: &[Field], proposed: &Proposed) -> (Vec<Difference>, Vec<String>) {
    let (mut changes, mut odd) = (Vec::new(), Vec::new());
    let mut renamed: Vec<(&str, &str)> = Vec::new();
    for edit in &proposed.edits {
        match (edit, edit.column().and_then(|column| find(current, column))) {
            (Edit::Add(field), _) => match find(current, &field.name) {
                Some(_) => odd.push(format!("it has a column {} already", field.name)),
                None => changes.push(Difference { new_type: field.data_type.clone(), ..Difference::of(What::AddColumn, &field.name) }),
            },
            (Edit::Rename { to, .. }, Some(known)) => {
                renamed.push((&known.name, to));
                let old_type = known.data_type.clone();
                changes.push(Difference { to: Some(to.clone()), old_type, ..Difference::of(What::RenameColumn, &known.name) });
            }
            (Edit::Drop { .. }, Some(known)) => {
                changes.push(Difference { old_type: known.data_type.clone(), ..Difference::of(What::DropColumn, &known.name) });
            }
            (Edit::Retype(field), Some(known)) => changes.push(retyped(known, field)),
            (edit, None) => odd.push(format!("it has no column {}", edit.column().unwrap_or_default())),
        }
    }
    let Some(fields) = &proposed.fields else { return (changes, odd) };
    let is_renamed = |name: &str| renamed.iter().any(|(from, _)| *from == name);
    let mut dropped: Vec<&str> = Vec::new();
    for known in current.iter().filter(|known| !is_renamed(&known.name)) {
        match find(fields, &known.name) {
            Some(field) if field.data_type.is_some() && known.data_type.is_some() => changes.push(retyped(known, field)),
            Some(_) => {}
            // What is inside goes with what is around it.
            None if !proposed.complete || dropped.iter().any(|outer| is_inside(&known.name, outer)) => {}
            None => {
                dropped.push(&known.name);
                changes.push(Difference { old_type: known.data_type.clone(), ..Difference::of(What::DropColumn, &known.name) });
            }
        }
    }
    let is_new = |field: &&Field| find(current, &field.name).is_none() && renamed.iter().all(|(_, to)| *to != field.name);
    changes.extend(
        fields
            .iter()
            .filter(is_new)
            .map(|field| Difference { new_type: field.data_type.clone(), ..Difference::of(What::AddColumn, &field.name) }),
    );
    (changes, odd)
}

fn retyped(known: &Field, field: &Field) -> Difference {
    let (old_type, new_type) = (known.data_type.clone(), field.data_type.clone());
    Difference { old_type, new_type, ..Difference::of(What::RetypeColumn, &known.name) }
}

fn is_inside(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'))
}

/// The column of this name; else the only one that differs by case.
fn find<'f>(fields: &'f [Field], name: &str) -> Option<&'f Field> {
    if let Some(exact) = fields.iter().find(|field| field.name == name) {
        return Some(exact);
    }
    let mut alike = fields.iter().filter(|field| field.name.eq_ignore_ascii_case(name));
    alike.next().filter(|_| alike.next().is_none())
}

impl Edit {
    fn column(&self) -> Option<&str> {
        match self {
            Self::Add(_) => None,
            Self::Drop { name } | Self::Rename { name, .. } => Some(name),
            Self::Retype(field) => Some(&field.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, data_type: &str) -> Field {
        Field { name: name.into(), data_type: Some(data_type.into()).filter(|kind: &String| !kind.is_empty()) }
    }

    fn proposed(fields: Option<&[Field]>, complete: bool, edits: &[Edit]) -> Proposed {
        let (namespace, name) = ("db".to_owned(), "t".to_owned());
        Proposed { namespace, name, dropped: false, fields: fields.map(<[Field]>::to_vec), complete, edits: edits.to_vec() }
    }

    fn shown(current: &[Field], proposed: &Proposed) -> Vec<String> {
        let (changes, odd) = compare(current, proposed);
        let line = |change: Difference| {
            let types = [change.to, change.old_type, change.new_type].map(|text| text.unwrap_or_default());
            format!("{:?} {} {}", change.what, change.column, types.join(" "))
        };
        changes.into_iter().map(line).chain(odd).map(|line| line.trim_end().to_owned()).collect()
    }

    #[test]
    fn columns_go_come_and_change() {
        let current =
            [field("id", "int"), field("amount", "int"), field("a", "struct"), field("a.b", "int"), field("a.c", "int"), field("n", "")];
        let fields = [field("ID", "int"), field("total", "int"), field("n", "text"), field("new", "")];
        let rename = [Edit::Rename { name: "amount".into(), to: "total".into() }];
        assert_eq!(
            shown(&current, &proposed(Some(&fields), true, &rename)),
            ["RenameColumn amount total int", "RetypeColumn id  int int", "DropColumn a  struct", "AddColumn new"]
        );
        assert_eq!(
            shown(&current, &proposed(Some(&fields), false, &[])),
            ["RetypeColumn id  int int", "AddColumn total   int", "AddColumn new"]
        );
    }

    #[test]
    fn edits_are_taken_one_by_one() {
        let current = [field("id", "int"), field("x", "int"), field("X", "int")];
        let edits = [
            Edit::Drop { name: "ID".into() },
            Edit::Drop { name: "nothing".into() },
            Edit::Drop { name: "X".into() },
            Edit::Add(field("id", "int")),
            Edit::Add(field("y", "int")),
            Edit::Retype(field("x", "text")),
        ];
        assert_eq!(
            shown(&current, &proposed(None, true, &edits)),
            [
                "DropColumn id  int",
                "DropColumn X  int",
                "AddColumn y   int",
                "RetypeColumn x  int text",
                "it has no column nothing",
                "it has a column id already"
            ]
        );
    }
}
