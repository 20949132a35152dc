use super::*;
use crate::{BlobKind, DemoApp, LogFormat, Role, Size, Span};

fn from_file(text: &str) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cerulean.toml");
    fs::write(&file, text).unwrap();
    Config::load(&Sources { file: Some(file), ..Sources::default() })
}

fn from_flags(flags: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let flags = flags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Config::load(&Sources { flags, ..Sources::default() })
}

fn from_environment(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::load(&Sources { environment, ..Sources::default() })
}

fn refusal(outcome: Result<Config, ConfigError>) -> String {
    outcome.unwrap_err().to_string()
}

#[test]
fn nothing_given_means_the_defaults() {
    let config = Config::load(&Sources::default()).unwrap();
    assert_eq!(config, Config::default());
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.data.folder, Path::new("data"));
    assert_eq!(config.limits.frame_size, Size::bytes(1 << 20));
    assert!(config.wants_demo() && config.database.is_sqlite());
}

#[test]
fn every_kind_of_value_is_read_from_a_file() {
    let config = from_file(
        r#"
        [server]
        listen = "[::1]:9000"
        public_url = "https://chat.example.com"
        roles = ["api"]
        [server.tls]
        dev_ca = true
        [database]
        url = "postgres://db/cerulean"
        connections = 5
        [blobs]
        kind = "s3"
        s3 = { endpoint = "http://127.0.0.1:9000", bucket = "b", access_key = "a", secret_key = "s" }
        [limits]
        file_size = "10 MiB"
        text_size = 1000
        token_lifetime = "1 h"
        [observability]
        log_format = "json"
        [dev]
        demo_app = "off"
        "#,
    )
    .unwrap();
    assert_eq!(config.server.listen.port(), 9000);
    assert!(config.server.has_role(Role::Api) && !config.server.has_role(Role::Gateway));
    assert!(config.server.tls.is_on());
    assert_eq!(config.database.url.expose(), "postgres://db/cerulean");
    assert_eq!((config.blobs.kind, config.blobs.s3.bucket.as_str()), (BlobKind::S3, "b"));
    assert_eq!((config.limits.file_size, config.limits.text_size), (Size::bytes(10 << 20), Size::bytes(1000)));
    assert_eq!(config.limits.token_lifetime, Span::millis(3_600_000));
    assert_eq!(config.observability.log_format, LogFormat::Json);
    assert_eq!(config.dev.demo_app, DemoApp::Off);
}

#[test]
fn lists_are_read_from_texts_too() {
    let config = from_environment(&[("CERULEAN__EGRESS__PORTS", "80, 9000")]).unwrap();
    assert_eq!(config.egress.ports, [80, 9000]);
    let config = from_flags(&[("egress.ports", ""), ("egress.allow_networks", "10.0.0.0/8,127.0.0.1/32")]).unwrap();
    assert!(config.egress.ports.is_empty() && config.egress.allow_networks.len() == 2);
    assert!(refusal(from_flags(&[("egress.ports", "80,https")])).contains("whole numbers with commas"));
    assert!(refusal(from_flags(&[("egress.ports", "70000")])).contains("egress.ports"));
}

#[test]
fn flags_win_over_environment_and_environment_over_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cerulean.toml");
    fs::write(&file, "[delivery]\npull_items = 1\n[database]\nconnections = 11\n[limits]\ngroup_members = 101\n")
        .unwrap();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let sources = Sources {
        file: Some(file),
        environment: vec![
            pair("CERULEAN__DELIVERY__PULL_ITEMS", "2"),
            pair("CERULEAN__DATABASE__CONNECTIONS", "12"),
            pair("PATH", "/usr/bin"),
            pair("CERULEAN_LOG", "other programs' business"),
        ],
        flags: vec![pair("delivery.pull_items", "3")],
    };
    let config = Config::load(&sources).unwrap();
    assert_eq!((config.delivery.pull_items, config.database.connections, config.limits.group_members), (3, 12, 101));
}

#[test]
fn text_sources_reach_every_kind() {
    let config = from_flags(&[
        ("server.tls.dev_ca", "true"),
        ("server.roles", "gateway, worker"),
        ("server.listen", "127.0.0.1:1"),
        ("limits.file_size", "2 GiB"),
        ("limits.recall_within", "30"),
    ])
    .unwrap();
    assert!(config.server.tls.dev_ca);
    assert_eq!(config.server.roles, [Role::Gateway, Role::Worker]);
    assert_eq!(config.limits.recall_within, Span::millis(30_000));
}

#[test]
fn unknown_setting_is_named_with_its_file_and_a_guess() {
    let message = refusal(from_file("[server]\nlisen = \"127.0.0.1:1\"\n"));
    assert!(message.contains("unknown setting server.lisen in /"), "{message}");
    assert!(message.contains("cerulean.toml; did you mean server.listen?"), "{message}");

    let message = refusal(from_file("listen = \"127.0.0.1:1\"\n"));
    assert!(message.ends_with("did you mean server.listen?"), "right name, no section: {message}");

    let message = refusal(from_file("[sever]\n[wholly.different]\nthing = 1"));
    assert!(message.contains("unknown setting sever in") && message.contains("did you mean server?"), "{message}");
    assert!(message.lines().any(|line| line.contains("wholly") && !line.contains("mean")), "no wild guess: {message}");

    let message = refusal(from_flags(&[("server.tls.cert", "x")]));
    assert_eq!(message, "unknown setting server.tls.cert in command line; did you mean server.tls.cert_file?");

    let environment = vec![("CERULEAN__DATA__FOLER".to_owned(), "x".to_owned())];
    let message = refusal(Config::load(&Sources { environment, ..Sources::default() }));
    assert_eq!(
        message,
        "unknown setting data.foler in environment variable CERULEAN__DATA__FOLER; did you mean data.folder?"
    );
}

#[test]
fn wrong_value_names_setting_and_place() {
    for (text, key) in [
        ("[server]\nlisten = \"8080\"", "server.listen ("),
        ("[server]\nlisten = 8080", "server.listen ("),
        ("[server]\nroles = [\"gatway\"]", "server.roles["),
        ("[server.tls]\ndev_ca = \"yes\"", "server.tls.dev_ca ("),
        ("[blobs]\nkind = \"s4\"", "blobs.kind ("),
        ("[limits]\nfile_size = \"1 MB\"", "limits.file_size ("),
        ("[limits]\ngroup_members = -1", "limits.group_members ("),
        ("[limits]\ngroup_members = 1", "limits.group_members ("),
        ("[database]\nurl = \"mysql://x\"", "database.url ("),
        ("[database]\nconnections = 0", "database.connections ("),
        ("server = 1", "server ("),
    ] {
        let message = refusal(from_file(text));
        assert!(message.starts_with(key) && message.contains("cerulean.toml)"), "{text}: {message}");
    }
    assert_eq!(
        refusal(from_flags(&[("database.connections", "many")])),
        "database.connections (command line): must be a whole number"
    );
    assert_eq!(
        refusal(from_flags(&[("server.tls.dev_ca", "maybe")])),
        "server.tls.dev_ca (command line): must be true or false"
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let message = refusal(from_flags(&[("data.foldr", "x"), ("a.b", "1"), ("database.connections", "x")]));
    assert_eq!(message.lines().count(), 3, "{message}");
    let message = refusal(from_flags(&[("database.connections", "0"), ("delivery.pull_items", "0")]));
    assert_eq!(message.lines().count(), 2, "{message}");
}

#[test]
fn broken_and_missing_files_are_told_apart() {
    let message = refusal(from_file("[server\nlisten = 1"));
    assert!(message.contains("is not valid TOML") && message.contains("line 1"), "{message}");
    let file = Some("/nowhere/cerulean.toml".into());
    let message = refusal(Config::load(&Sources { file, ..Sources::default() }));
    assert!(message.starts_with("cannot read the configuration file /nowhere/cerulean.toml"), "{message}");
}

#[test]
fn listening_beyond_loopback_needs_tls_or_a_clear_word() {
    let message = refusal(from_flags(&[("server.listen", "0.0.0.0:8080")]));
    assert!(message.contains("server.listen (command line)"), "{message}");
    assert!(message.contains("server.tls.cert_file") && message.contains("server.insecure_i_know"), "{message}");
    for allowed in ["server.insecure_i_know", "server.tls.dev_ca"] {
        assert!(from_flags(&[("server.listen", "0.0.0.0:8080"), (allowed, "true")]).is_ok());
    }
    let config = from_flags(&[("server.listen", "0.0.0.0:8080"), ("server.tls.dev_ca", "true")]).unwrap();
    assert!(!config.wants_demo(), "no demo users where others can reach them");
    assert!(from_flags(&[("server.listen", "[::1]:8080")]).is_ok());
}

#[test]
fn tls_files_go_together_and_must_exist() {
    let message = refusal(from_flags(&[("server.tls.cert_file", "/nowhere/cert.pem")]));
    assert!(message.contains("server.tls.key_file (default): is missing"), "{message}");
    assert!(message.contains("server.tls.cert_file (command line): there is no file /nowhere/cert.pem"), "{message}");
}

#[test]
fn secrets_are_read_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, "0123456789abcdef\n").unwrap();
    let path = file.to_str().unwrap();
    let config = from_flags(&[("observability.metrics_token_file", path)]).unwrap();
    assert_eq!(config.observability.metrics_token.expose(), "0123456789abcdef");
    assert!(!format!("{config:?}").contains("0123456789abcdef"));

    let both = [
        ("CERULEAN__OBSERVABILITY__METRICS_TOKEN_FILE", path),
        ("CERULEAN__OBSERVABILITY__METRICS_TOKEN", "0123456789abcdef"),
    ];
    assert!(refusal(from_environment(&both)).contains("not both"));
    let missing = refusal(from_flags(&[("database.url_file", "/nowhere/url")]));
    assert!(missing.starts_with("database.url_file (command line): cannot read /nowhere/url"), "{missing}");
    fs::write(&file, "\n").unwrap();
    assert!(refusal(from_flags(&[("database.url_file", path)])).contains("is empty"));
}

#[test]
fn secrets_do_not_appear_in_error_messages() {
    let message = refusal(from_environment(&[("CERULEAN__DATABASE__URL", "mysql://root:hunter2@db")]));
    assert!(!message.contains("hunter2"), "{message}");
    let message = refusal(from_environment(&[("CERULEAN__OBSERVABILITY__METRICS_TOKEN", "hunter2")]));
    assert!(!message.contains("hunter2"), "{message}");
    let message = refusal(from_file("[blobs.s3]\nsecret_key = \"hunter2"));
    assert!(message.contains("line 2, column") && !message.contains("hunter2"), "{message}");
    let message = refusal(from_file("[blobs.s3]\nsecret_key = [\"hunter2\"]"));
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn secrets_are_refused_on_the_command_line() {
    let message = refusal(from_flags(&[("database.url", "postgres://root:hunter2@db")]));
    assert!(!message.contains("hunter2"), "{message}");
    assert!(message.contains("use database.url_file, or CERULEAN__DATABASE__URL"), "{message}");
}
