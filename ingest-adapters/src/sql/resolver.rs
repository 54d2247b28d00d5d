//! What one inference shares: dialect, datasets, origins, names that the script makes, and the budget.

use super::datasets::{Dataset, Datasets};
use super::dialect::Dialect;
use super::names::{ends_with, key, name, path};
use super::relation::{Column, Presence, Relation, Rest, Tail};
use super::value::{Effects, Origin, Value};
use super::{Reason, Statement};
use sqlparser::ast::{Ident, ObjectName};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Dependencies copied or columns made, over the whole script.
const MAX_STEPS: usize = 2_000_000;

/// Names to relations, one layer of common table expressions a WITH.
type Layer = HashMap<String, Rc<Relation>>;

/// Columns of datasets, numbered.
#[derive(Default)]
struct Origins {
    list: Vec<(Dataset, String)>,
    numbers: HashMap<(Dataset, String), Origin>,
}

/// Shared by all rooms of this folder while one statement is followed.
pub(super) struct Resolver<'a> {
    pub(super) dialect: Dialect,
    pub(super) datasets: Datasets<'a>,
    origins: RefCell<Origins>,
    tables: RefCell<HashMap<(Dataset, bool), Rc<Relation>>>,
    layers: RefCell<Vec<Layer>>,
    /// Tables that the script makes for itself, by path.
    made: RefCell<Vec<(Vec<String>, Rc<Relation>)>>,
    /// The output that is being written: what it held before is not lineage.
    pub(super) writing: Cell<Option<Dataset>>,
    /// Inside a recursive common table expression.
    pub(super) recursing: Cell<bool>,
    /// Variables that the script declares.
    variables: RefCell<HashSet<String>>,
    steps: Cell<usize>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(dialect: Dialect, statement: &'a Statement<'a>) -> Resolver<'a> {
        Resolver {
            dialect,
            datasets: Datasets::of(statement),
            origins: RefCell::default(),
            tables: RefCell::default(),
            layers: RefCell::default(),
            made: RefCell::default(),
            writing: Cell::default(),
            recursing: Cell::default(),
            variables: RefCell::default(),
            steps: Cell::default(),
        }
    }

    pub(super) fn name(&self, ident: &Ident) -> String {
        name(&self.dialect, ident)
    }

    pub(super) fn path(&self, object: &ObjectName) -> Option<Vec<String>> {
        path(&self.dialect, object)
    }

    /// Counts work; true when the budget is spent.
    pub(super) fn spend(&self, steps: usize) -> bool {
        self.steps.set(self.steps.get().saturating_add(steps));
        self.is_spent()
    }

    pub(super) fn is_spent(&self) -> bool {
        self.steps.get() > MAX_STEPS
    }

    /// The number of a dataset's column.
    pub(super) fn origin(&self, dataset: Dataset, field: &str) -> Origin {
        let Origins { list, numbers } = &mut *self.origins.borrow_mut();
        *numbers.entry((dataset, field.to_owned())).or_insert_with(|| {
            list.push((dataset, field.to_owned()));
            list.len() as Origin - 1
        })
    }

    /// The column of a number.
    pub(super) fn column_of(&self, origin: Origin) -> (Dataset, String) {
        self.origins.borrow().list[origin as usize].clone()
    }

    /// What a relation says to a name.
    pub(super) fn find(&self, relation: &Relation, name: &str) -> Presence {
        relation.find(name, &self.dialect, |dataset, field| self.origin(dataset, field))
    }

    /// The relation that a table name means: of a WITH, of the script, of the event.
    pub(super) fn table(&self, path: &[String]) -> Rc<Relation> {
        if let [name] = path
            && let Some(found) = self.layers.borrow().iter().rev().find_map(|layer| layer.get(&key(name)))
        {
            return found.clone();
        }
        self.spend(self.datasets.len() / 8 + self.made.borrow().len());
        if let Some(made) = self.made(path) {
            return made;
        }
        match self.datasets.read(path) {
            Ok(dataset) => self.dataset(dataset),
            Err(reason) => self.made_for(path).unwrap_or_else(|| Relation::lost(reason)),
        }
    }

    /// A dataset of the event as a relation.
    pub(super) fn dataset(&self, dataset: Dataset) -> Rc<Relation> {
        let own = self.writing.get() == Some(dataset) && !self.datasets.is_input(dataset);
        self.tables.borrow_mut().entry((dataset, own)).or_insert_with(|| self.base(dataset, own)).clone()
    }

    fn base(&self, dataset: Dataset, own: bool) -> Rc<Relation> {
        let schema = self.datasets.table(dataset).columns.as_deref();
        let column = |field: &&str| {
            let value = if own { Value::constant() } else { Value::of(self.origin(dataset, field)) };
            Column { name: Some((*field).to_owned()), value, starred: true }
        };
        let columns: Vec<_> = schema.unwrap_or_default().iter().map(column).collect();
        let tail = Tail { dataset, known: schema.is_some(), hidden: Rc::default(), at: columns.len() };
        let rest = if own { Rest::Any(Value::constant()) } else { Rest::Tails(vec![tail]) };
        Relation::new(columns, rest, Effects::default())
    }

    pub(super) fn enter(&self) {
        self.layers.borrow_mut().push(Layer::new());
    }

    pub(super) fn leave(&self) {
        self.layers.borrow_mut().pop();
    }

    /// Names a relation in the innermost WITH; `None` takes the name away.
    pub(super) fn bind(&self, name: &str, relation: Option<Rc<Relation>>) {
        if let Some(layer) = self.layers.borrow_mut().last_mut() {
            match relation {
                Some(relation) => layer.insert(key(name), relation),
                None => layer.remove(&key(name)),
            };
        }
    }

    /// From here on a name may mean a variable.
    pub(super) fn declare(&self, ident: &Ident) {
        self.variables.borrow_mut().insert(key(&ident.value));
    }

    pub(super) fn is_variable(&self, name: &str) -> bool {
        let variables = self.variables.borrow();
        !variables.is_empty() && variables.contains(&key(name))
    }

    /// A table that the script made, by its name or the end of it.
    pub(super) fn made(&self, path: &[String]) -> Option<Rc<Relation>> {
        self.made_where(|name| ends_with(name, path))
    }

    /// A table that the script made with fewer words than it is now called by (`tmp`, then `public.tmp`).
    pub(super) fn made_for(&self, path: &[String]) -> Option<Rc<Relation>> {
        self.made_where(|name| ends_with(path, name))
    }

    fn made_where(&self, fits: impl Fn(&[String]) -> bool) -> Option<Rc<Relation>> {
        let made = self.made.borrow();
        let mut found = made.iter().filter(|(name, _)| fits(name));
        match (found.next(), found.next()) {
            (Some((_, relation)), None) => Some(relation.clone()),
            (Some(_), Some(_)) => Some(Relation::lost(Reason::AmbiguousTable)),
            (None, _) => None,
        }
    }

    /// Keeps a table of the script, or forgets it.
    pub(super) fn make(&self, path: &[String], relation: Option<Rc<Relation>>) {
        let mut made = self.made.borrow_mut();
        if self.spend(made.len()) {
            return;
        }
        made.retain(|(name, _)| !(ends_with(name, path) || ends_with(path, name)));
        if let Some(relation) = relation {
            made.push((path.to_vec(), relation));
        }
    }
}
