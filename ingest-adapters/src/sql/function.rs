//! Function calls: aggregates, windows, masks, and arguments that are no values.

use super::Reason;
use super::dates::{Part, part};
use super::resolver::Resolver;
use super::scope::{Place, Scope};
use super::value::{Mix, Value, Via};
use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments, HavingBound, OrderByExpr, WindowSpec,
    WindowType,
};

const AGGREGATES: [&str; 84] = [
    "sum",
    "count",
    "min",
    "max",
    "avg",
    "mean",
    "median",
    "mode",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "stdev",
    "stdevp",
    "variance",
    "var",
    "varp",
    "var_pop",
    "var_samp",
    "corr",
    "covar_pop",
    "covar_samp",
    "regr_slope",
    "regr_intercept",
    "regr_count",
    "regr_r2",
    "array_agg",
    "list",
    "listagg",
    "string_agg",
    "group_concat",
    "xmlagg",
    "json_agg",
    "jsonb_agg",
    "json_arrayagg",
    "json_objectagg",
    "json_object_agg",
    "jsonb_object_agg",
    "object_agg",
    "map_agg",
    "collect_list",
    "collect_set",
    "bool_and",
    "bool_or",
    "logical_and",
    "logical_or",
    "every",
    "bit_and",
    "bit_or",
    "bit_xor",
    "any_value",
    "first",
    "last",
    "arbitrary",
    "approx_count_distinct",
    "approx_distinct",
    "count_distinct",
    "approx_percentile",
    "approx_quantiles",
    "percentile",
    "percentile_cont",
    "percentile_disc",
    "quantile",
    "quantile_cont",
    "kurtosis",
    "skewness",
    "checksum_agg",
    "hll",
    "hll_count",
    "count_if",
    "countif",
    "sum_if",
    "sumif",
    "avgif",
    "uniq",
    "uniqexact",
    "argmax",
    "argmin",
    "arg_max",
    "arg_min",
    "max_by",
    "min_by",
    "grouparray",
    "product",
    "total",
];

/// Aggregates whose WITHIN GROUP only orders.
const ORDERED: [&str; 6] = ["listagg", "string_agg", "array_agg", "group_concat", "xmlagg", "collect_list"];

/// Functions that hide the value: hashes, encryption, and those made for masking.
const MASKS: [&str; 44] = [
    "md5",
    "md5_hex",
    "md5_binary",
    "md5_number",
    "md5_number_lower64",
    "md5_number_upper64",
    "sha",
    "sha1",
    "sha1_hex",
    "sha1_binary",
    "sha2",
    "sha2_hex",
    "sha2_binary",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "hash",
    "hashbytes",
    "xxhash64",
    "xxhash32",
    "murmurhash3",
    "murmurhash3_32",
    "murmur_hash",
    "murmurhash2_64",
    "farm_fingerprint",
    "farmfingerprint64",
    "farmhash64",
    "cityhash64",
    "siphash64",
    "crc32",
    "checksum",
    "binary_checksum",
    "fnv_hash",
    "hmac",
    "digest",
    "crypt",
    "encrypt",
    "aes_encrypt",
    "mask",
    "mask_hash",
    "mask_first_n",
    "mask_last_n",
    "standard_hash",
];

/// Functions that read something besides their arguments.
const READERS: [&str; 12] = [
    "dictget",
    "dictgetordefault",
    "joinget",
    "dblink",
    "openquery",
    "openrowset",
    "query_to_xml",
    "xpath_table",
    "columns",
    "lookup",
    "external_query",
    "remote",
];

fn is(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn last(function: &Function) -> &str {
    function.name.0.last().and_then(|part| part.as_ident()).map_or("", |ident| &ident.value)
}

/// True for a function that makes one value of many rows.
pub(super) fn is_aggregate(function: &Function) -> bool {
    is(last(function), &AGGREGATES)
}

fn value_of(arg: &FunctionArg) -> &FunctionArgExpr {
    match arg {
        FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg) => arg,
    }
}

/// The arguments that are expressions.
pub(super) fn arguments(function: &Function) -> Vec<&Expr> {
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    list.args.iter().filter_map(|arg| if let FunctionArgExpr::Expr(expr) = value_of(arg) { Some(expr) } else { None }).collect()
}

impl Resolver<'_> {
    /// One argument; a star counts rows and names no column.
    pub(super) fn argument(&self, arg: &FunctionArg, scope: &Scope<'_>, place: Place) -> Value {
        match value_of(arg) {
            FunctionArgExpr::Expr(expr) => self.expr(expr, scope, place),
            _ => Value::unproven(Reason::Unsupported("a star as an argument")),
        }
    }

    /// What a function call is made of.
    pub(super) fn function(&self, function: &Function, scope: &Scope<'_>, place: Place) -> Value {
        let name = last(function);
        if is(name, &READERS) {
            return Value::unproven(Reason::Unsupported("a function that reads another table"));
        }
        let step = if is(name, &AGGREGATES) { Via::Aggregation } else { Via::Transformation };
        let place = if matches!(place, Place::Order | Place::Group) { Place::Clause } else { place };
        let mut mix = Mix::new();
        for args in [&function.parameters, &function.args] {
            self.arguments(name, args, step, scope, place, &mut mix);
        }
        let within = if is(name, &ORDERED) { Via::Sort } else { step };
        self.sorted(&function.within_group, within, scope, place, &mut mix);
        if let Some(filter) = &function.filter {
            mix.add(&self.expr(filter, scope, place), Via::Filter, false);
        }
        match &function.over {
            None => {}
            Some(WindowType::WindowSpec(spec)) => self.window(spec, scope, place, &mut mix),
            Some(WindowType::NamedWindow(window)) => self.named_window(&self.name(window), scope, place, &mut mix),
        }
        mix.value()
    }

    fn arguments(&self, name: &str, args: &FunctionArguments, step: Via, scope: &Scope<'_>, place: Place, mix: &mut Mix) {
        let masking = is(name, &MASKS);
        let list = match args {
            FunctionArguments::None => return,
            FunctionArguments::Subquery(query) => return mix.add(&self.scalar(query, scope), step, masking),
            FunctionArguments::List(list) => list,
        };
        let skipped = match part(name, &list.args) {
            Part::None => None,
            Part::At(at) => Some(at),
            Part::Unclear => return mix.same(&Value::unproven(Reason::AmbiguousColumn)),
        };
        for (at, arg) in list.args.iter().enumerate().filter(|(at, _)| Some(*at) != skipped) {
            let counts_rows = name.eq_ignore_ascii_case("count") && !matches!(value_of(arg), FunctionArgExpr::Expr(_));
            if counts_rows {
                continue;
            }
            let decides = at == 0 && list.args.len() >= 2 && is(name, &["if", "iff", "iif", "nvl2"]);
            mix.add(&self.argument(arg, scope, place), if decides { Via::Conditional } else { step }, masking);
        }
        for clause in &list.clauses {
            match clause {
                FunctionArgumentClause::OrderBy(order) => self.sorted(order, Via::Sort, scope, place, mix),
                FunctionArgumentClause::Where(filter) => mix.add(&self.expr(filter, scope, place), Via::Filter, false),
                FunctionArgumentClause::Having(HavingBound(_, bound)) => mix.add(&self.expr(bound, scope, place), Via::Filter, false),
                _ => {}
            }
        }
    }

    fn sorted(&self, order: &[OrderByExpr], via: Via, scope: &Scope<'_>, place: Place, mix: &mut Mix) {
        order.iter().for_each(|by| mix.add(&self.expr(&by.expr, scope, place), via, false));
    }

    fn window(&self, spec: &WindowSpec, scope: &Scope<'_>, place: Place, mix: &mut Mix) {
        if let Some(base) = &spec.window_name {
            self.named_window(&self.name(base), scope, place, mix);
        }
        spec.partition_by.iter().for_each(|by| mix.add(&self.expr(by, scope, place), Via::Window, false));
        self.sorted(&spec.order_by, Via::Window, scope, place, mix);
    }

    /// `OVER w`; a window that builds upon another is followed one step.
    fn named_window(&self, name: &str, scope: &Scope<'_>, place: Place, mix: &mut Mix) {
        match scope.windows.get(name).filter(|spec| spec.window_name.is_none()) {
            Some(spec) => self.window(spec, scope, place, mix),
            None => mix.same(&Value::unproven(Reason::Unsupported("this window"))),
        }
    }
}
