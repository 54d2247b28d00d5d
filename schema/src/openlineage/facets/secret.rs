//! Keeps what looks secret out of typed answers: values by the name they have, credentials in addresses.

/// What stands for a hidden value.
const HIDDEN: &str = "***";
/// Parts of names whose values are hidden.
const TELLING: [&str; 9] = ["password", "passwd", "pwd", "secret", "token", "credential", "apikey", "privatekey", "accesskey"];

/// The value, or stars when its name looks secret.
pub fn shown(name: &str, value: String) -> String {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let ends = plain.ends_with("key") || plain.ends_with("auth");
    if ends || TELLING.iter().any(|part| plain.contains(part)) { HIDDEN.to_owned() } else { value }
}

/// An address without user, password, and what its query says under a secret name.
pub fn address(uri: &str) -> String {
    let (before, query) = uri.split_once('?').map_or((uri, None), |(before, query)| (before, Some(query)));
    let bare = match before.split_once("//") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
            format!("{scheme}//{}{path}", authority.rsplit('@').next().unwrap_or_default())
        }
        None => before.to_owned(),
    };
    let Some(query) = query else { return bare };
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => format!("{name}={}", shown(name, value.to_owned())),
            None => pair.to_owned(),
        })
        .collect();
    format!("{bare}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_secret_is_hidden() {
        let value = |name| shown(name, "v".into());
        for name in ["AWS_SECRET_ACCESS_KEY", "db.password", "GITHUB_TOKEN", "ssh-private-key", "api_key", "snowflake_credentials"] {
            assert_eq!(value(name), HIDDEN, "{name}");
        }
        for name in ["PATH", "AIRFLOW_HOME", "keyspace", "run_date"] {
            assert_eq!(value(name), "v", "{name}");
        }
        assert_eq!(address("jdbc:postgresql://me:pa@ss@h:5432/db?user=u&password=p"), "jdbc:postgresql://h:5432/db?user=u&password=***");
        assert_eq!(address("s3://bucket/a@b"), "s3://bucket/a@b");
        assert_eq!(address("plain"), "plain");
    }
}
