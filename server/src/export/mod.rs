//! Lineage as files: CSV, NDJSON, DOT and Mermaid. Pure writers of rows that are named already; what
//! the rows are, and where the bytes go, is for who asks.

mod csv;
mod dot;
mod json;
mod mermaid;
mod ndjson;
mod row;

pub use self::csv::Table;
pub use json::{EdgeJson, NodeJson};
pub use row::{EdgeRow, EvidenceRow, GroupRow, NodeKind, NodeRow, PathsRow, Place, RunRow, Totals};

/// What the bytes look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, one table.
    Csv {
        /// Which.
        table: Table,
        /// True to mark cells that a spreadsheet would compute.
        spreadsheet: bool,
    },
    /// A JSON object a line.
    Ndjson,
    /// Graphviz.
    Dot,
    /// A Mermaid flowchart.
    Mermaid,
}

impl Format {
    /// Of an answer over HTTP.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv { .. } => "text/csv; charset=utf-8; header=present",
            Self::Ndjson => "application/x-ndjson",
            Self::Dot => "text/vnd.graphviz; charset=utf-8",
            Self::Mermaid => "text/vnd.mermaid; charset=utf-8",
        }
    }

    /// What a file of it ends with.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv { .. } => "csv",
            Self::Ndjson => "ndjson",
            Self::Dot => "dot",
            Self::Mermaid => "mmd",
        }
    }

    /// Whether it lists nodes; a table of edges does not.
    pub fn has_nodes(self) -> bool {
        !matches!(self, Self::Csv { table: Table::Edges, .. })
    }

    /// Whether it is a picture: there a job that moves data between datasets is the label of an edge, no node.
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Dot | Self::Mermaid)
    }

    /// Whether it lists edges; a table of nodes does not.
    pub fn has_edges(self) -> bool {
        !matches!(self, Self::Csv { table: Table::Nodes, .. })
    }

    /// Whether a node's row says more than its distance.
    pub fn has_paths(self) -> bool {
        matches!(self, Self::Ndjson | Self::Csv { table: Table::Nodes, .. })
    }

    /// What comes before all rows.
    pub fn begin(self, totals: &Totals, out: &mut Vec<u8>) {
        match self {
            Self::Csv { table, .. } => csv::begin(table, out),
            Self::Ndjson => ndjson::begin(totals, out),
            Self::Dot => dot::begin(totals, out),
            Self::Mermaid => mermaid::begin(totals, out),
        }
    }

    /// Some nodes. All nodes come before the first edge.
    pub fn nodes(self, nodes: &[NodeRow], out: &mut Vec<u8>) {
        match self {
            Self::Csv { spreadsheet, .. } => csv::nodes(nodes, spreadsheet, out),
            Self::Ndjson => nodes.iter().for_each(|node| ndjson::node(node, out)),
            Self::Dot => nodes.iter().for_each(|node| dot::node(node, out)),
            Self::Mermaid => nodes.iter().for_each(|node| mermaid::node(node, out)),
        }
    }

    /// Some edges.
    pub fn edges(self, edges: &[EdgeRow], out: &mut Vec<u8>) {
        match self {
            Self::Csv { spreadsheet, .. } => csv::edges(edges, spreadsheet, out),
            Self::Ndjson => edges.iter().for_each(|edge| ndjson::edge(edge, out)),
            Self::Dot => edges.iter().for_each(|edge| dot::edge(edge, out)),
            Self::Mermaid => edges.iter().for_each(|edge| mermaid::edge(edge, out)),
        }
    }

    /// What comes after all rows. A file without it was cut off; CSV has no place for it.
    pub fn end(self, totals: &Totals, out: &mut Vec<u8>) {
        match self {
            Self::Csv { .. } => {}
            Self::Ndjson => ndjson::end(totals, out),
            Self::Dot => dot::end(totals, out),
            Self::Mermaid => mermaid::end(totals, out),
        }
    }
}
