//! `*` and `t.*`: which columns they stand for.

use super::Reason;
use super::names::{key, path, same};
use super::relation::{Column, Rest, Tail};
use super::resolver::Resolver;
use super::scope::{Bound, Merged, Place, Scope};
use sqlparser::ast::{ExcludeSelectItem, RenameSelectItem, WildcardAdditionalOptions};
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

/// The columns of a select list so far.
#[derive(Default)]
pub(super) struct Items {
    pub(super) columns: Vec<Column>,
    pub(super) tails: Vec<Tail>,
    /// There are more, and they are not known.
    pub(super) lost: Option<Reason>,
}

impl Items {
    /// Takes columns out by name.
    pub(super) fn exclude(&mut self, names: &[String]) {
        let keys: HashSet<String> = names.iter().map(|name| key(name)).collect();
        self.columns.retain(|c| !c.name.as_ref().is_some_and(|name| keys.contains(&key(name))));
        self.hide(names);
    }

    /// Keeps names from being looked for in the tails.
    pub(super) fn hide(&mut self, names: &[String]) {
        for tail in &mut self.tails {
            Rc::make_mut(&mut tail.hidden).extend(names.iter().map(|name| key(name)));
        }
    }

    /// Adds the columns of a relation, but for those that a join merged.
    fn take(&mut self, bound: &Bound, merged: &BTreeSet<String>) {
        let before = self.columns.len();
        let given = bound.relation.columns.iter().filter(|c| !c.name.as_ref().is_some_and(|name| merged.contains(&key(name))));
        self.columns.extend(given.cloned());
        match &bound.relation.rest {
            Rest::Tails(tails) => self.tails.extend(tails.iter().map(|tail| {
                let mut tail = Tail { at: before + tail.at, ..tail.clone() };
                if !merged.is_empty() {
                    Rc::make_mut(&mut tail.hidden).extend(merged.iter().cloned());
                }
                tail
            })),
            Rest::Any(_) => self.lost = Some(Reason::StarWithoutSchema),
            Rest::Lost(reason) => self.lost = Some(*reason),
        }
    }
}

impl Resolver<'_> {
    /// Adds what a star stands for.
    pub(super) fn star(&self, scope: &Scope<'_>, qualifier: Option<&[String]>, options: &WildcardAdditionalOptions, items: &mut Items) {
        if options.opt_ilike.is_some() || options.opt_alias.is_some() {
            items.lost = Some(Reason::Unsupported("this kind of star"));
            return;
        }
        let mut star = Items::default();
        match qualifier {
            None => {
                let once = |m: &Merged| Column { name: Some(m.name.clone()), value: m.value.clone(), starred: true };
                star.columns.extend(scope.merged.iter().map(once));
                for (at, bound) in scope.bound.iter().enumerate() {
                    self.spend(scope.merged.len());
                    let merged = scope.merged.iter().filter(|m| m.of.contains(&at) && !self.is_spent()).map(|m| key(&m.name)).collect();
                    star.take(bound, &merged);
                }
            }
            Some(qualifier) => {
                let fitting: Vec<_> = scope.bound.iter().filter(|bound| bound.qualified(qualifier)).collect();
                match fitting[..] {
                    [bound] => star.take(bound, &BTreeSet::new()),
                    [] => star.lost = Some(Reason::UnknownTable),
                    _ => star.lost = Some(Reason::AmbiguousTable),
                }
            }
        }
        if self.spend(star.columns.len()) {
            star.lost = Some(Reason::TooLarge);
        }
        self.adjust(scope, options, &mut star);
        let before = items.columns.len();
        items.columns.append(&mut star.columns);
        items.tails.extend(star.tails.into_iter().map(|tail| Tail { at: before + tail.at, ..tail }));
        items.lost = items.lost.or(star.lost);
    }

    /// EXCLUDE, EXCEPT, REPLACE and RENAME.
    fn adjust(&self, scope: &Scope<'_>, options: &WildcardAdditionalOptions, star: &mut Items) {
        let mut excluded = options.opt_exclude.as_ref().map(|exclude| self.excluded(exclude)).unwrap_or_default();
        if let Some(except) = &options.opt_except {
            excluded.push(self.name(&except.first_element));
            excluded.extend(except.additional_elements.iter().map(|ident| self.name(ident)));
        }
        star.exclude(&excluded);
        for item in options.opt_replace.iter().flat_map(|replace| &replace.items) {
            let name = self.name(&item.column_name);
            let value = self.expr(&item.expr, scope, Place::Plain);
            match star.columns.iter_mut().find(|c| c.name.as_ref().is_some_and(|own| same(own, &name))) {
                Some(column) => column.value = value,
                None => star.columns.push(Column { name: Some(name.clone()), value, starred: true }),
            }
            star.hide(&[name]);
        }
        let renames = match &options.opt_rename {
            Some(RenameSelectItem::Single(one)) => std::slice::from_ref(one),
            Some(RenameSelectItem::Multiple(many)) => many,
            None => &[],
        };
        for rename in renames {
            let (from, to) = (self.name(&rename.ident), self.name(&rename.alias));
            match star.columns.iter_mut().find(|c| c.name.as_ref().is_some_and(|own| same(own, &from))) {
                Some(column) => column.name = Some(to.clone()),
                None => {
                    let value = scope.column(self, &rename.ident, Place::Plain);
                    star.columns.push(Column { name: Some(to.clone()), value, starred: true });
                }
            }
            star.hide(&[from, to]);
        }
    }

    /// Names after EXCLUDE.
    pub(super) fn excluded(&self, exclude: &ExcludeSelectItem) -> Vec<String> {
        let names = match exclude {
            ExcludeSelectItem::Single(name) => std::slice::from_ref(name),
            ExcludeSelectItem::Multiple(names) => names,
        };
        names.iter().filter_map(|name| path(&self.dialect, name)?.pop()).collect()
    }
}
