//! What can be odd about an event that is kept all the same: a closed list of codes, so that producers
//! can be counted and compared. Which event has which is `conformance`'s business.

/// Something odd in an event that was kept all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is odd.
    pub code: FindingCode,
    /// JSON pointer to it.
    pub pointer: String,
}

macro_rules! codes {
    ($($code:ident = $name:literal, $description:literal;)*) => {
        /// What is odd. The numbers are stored: append only.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode {
            $(#[doc = $description] $code,)*
        }

        impl FindingCode {
            /// Every code, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];

            /// The code as APIs spell it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// What it means and what to do, as a sentence for the producer's author.
            pub fn description(self) -> &'static str {
                match self { $(Self::$code => $description,)* }
            }
        }
    };
}

codes! {
    MissingProducer = "MISSING_PRODUCER", "The event does not say which code made it: `producer` is missing or no text.";
    MissingSchemaUrl = "MISSING_SCHEMA_URL", "The event does not say which version of the specification it follows: `schemaURL` is missing or no text.";
    RunIdNotUuid = "RUN_ID_NOT_UUID", "The run id is not a UUID; a UUID is derived from its text.";
    FacetsNotObject = "FACETS_NOT_OBJECT", "Facets must be an object by facet key; something else stands there and was passed over.";
    DatasetWithoutName = "DATASET_WITHOUT_NAME", "A dataset without a namespace or a name was passed over.";
    TimeWithoutZone = "EVENT_TIME_WITHOUT_ZONE", "`eventTime` has no time zone; it was taken as UTC.";
    TimeAhead = "EVENT_TIME_AHEAD", "The event arrived more than 5 minutes before it happened: the producer's clock is ahead, or its zone is wrong.";
    TimeBehind = "EVENT_TIME_BEHIND", "The event arrived more than 24 hours after it happened: a clock that is behind, a long queue, or a replay of old events.";
    UnknownEventType = "UNKNOWN_EVENT_TYPE", "`eventType` is none of START, RUNNING, COMPLETE, ABORT, FAIL, OTHER; it was taken as OTHER.";
    SchemaUrlDisagrees = "SCHEMA_URL_DISAGREES", "`schemaURL` names another kind of event than the event's shape; the shape counts.";
    FacetWithoutProducer = "FACET_WITHOUT_PRODUCER", "A facet does not say which code made it: `_producer` is missing.";
    FacetWithoutSchemaUrl = "FACET_WITHOUT_SCHEMA_URL", "A facet does not say which schema it follows: `_schemaURL` is missing.";
    FacetNotObject = "FACET_NOT_OBJECT", "A facet must be an object; it is stored, but nothing can be read from it.";
    FacetElsewhere = "FACET_IN_WRONG_PLACE", "The specification defines this facet for another place of the event.";
    FacetIncomplete = "FACET_INCOMPLETE", "A facet lacks a member that the specification requires.";
    FacetUnreadable = "FACET_UNREADABLE", "A member of a facet has another type than the specification says; what depends on it was not read.";
    InvalidValue = "INVALID_VALUE", "A value is none of those that the specification lists.";
    SelfParent = "SELF_PARENT", "The run names itself as its parent.";
    LineageOnRunDataset = "LINEAGE_FACET_ON_RUN_DATASET", "The `lineage` facet stands on a dataset of a run event; the specification has it on jobs and on datasets of dataset events.";
    Credential = "CREDENTIAL", "A credential stood here: a password in a URL, a token, a secret key. It is not shown; change it, and keep it out of events.";
}

impl FindingCode {
    /// The number it is stored under.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The code of a stored number; `None` for one of a newer version.
    pub fn from_number(number: i64) -> Option<Self> {
        usize::try_from(number).ok().and_then(|place| Self::ALL.get(place).copied())
    }
}

/// A set of codes, small enough for every event of the catalog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FindingCodes(pub u32);

impl FindingCodes {
    /// Adds a code.
    pub fn insert(&mut self, code: FindingCode) {
        self.0 |= 1 << code.number();
    }

    /// The codes in it, in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = FindingCode> {
        FindingCode::ALL.iter().copied().filter(move |code| self.0 & (1 << code.number()) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_fit_into_a_set_and_come_back() {
        let mut all = FindingCodes::default();
        FindingCode::ALL.iter().for_each(|code| all.insert(*code));
        assert_eq!(all.iter().collect::<Vec<_>>(), FindingCode::ALL);
        assert!(FindingCode::ALL.iter().all(|code| FindingCode::from_number(code.number().into()) == Some(*code)));
        assert_eq!(FindingCode::from_number(FindingCode::ALL.len() as i64), None);
    }
}
