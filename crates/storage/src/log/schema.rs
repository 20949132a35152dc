//! Tables of the log, for both databases. Forward only: a change is a new entry at the end.
//!
//! `items` holds one row per item; `digest` is filled when a body is erased, so that the chain still verifies. A line is the number of a
//! conversation. `line_states` and `cursors` exist only for those who have something to remember. `feed` names items of watched apps that their watcher
//! has not taken yet; nothing is written to it for other apps.

/// Steps from an empty database to the present; the number of steps done is kept in `log_schema`.
pub(super) const STEPS: &[&str] = &[
    r"
create table lines (
    line {serial},
    app_id integer not null,
    a bigint not null,
    b bigint not null,
    unique (app_id, a, b)
);
create table items (
    app_id integer not null,
    line bigint not null,
    mid bigint not null,
    position bigint not null,
    kind integer not null,
    namespace integer not null,
    sender bigint not null,
    device bigint not null,
    receiver bigint not null,
    client_mid bigint not null,
    at bigint not null,
    related bigint,
    link {blob} not null,
    digest {blob},
    body {blob},
    primary key (app_id, line, mid)
) {clustered};
create index items_by_related on items (app_id, line, related) where related is not null;
create table send_keys (
    app_id integer not null,
    sender bigint not null,
    send_key {blob} not null,
    line bigint not null,
    mid bigint not null,
    primary key (app_id, sender, send_key)
) {clustered};
create table line_states (
    app_id integer not null,
    user_id bigint not null,
    line bigint not null,
    read_mid bigint not null default 0,
    clear_mid bigint not null default 0,
    is_pinned integer not null default 0,
    is_muted integer not null default 0,
    primary key (app_id, user_id, line)
) {clustered};
create table cursors (
    app_id integer not null,
    user_id bigint not null,
    device bigint not null,
    line bigint not null,
    mid bigint not null,
    position bigint not null,
    primary key (app_id, user_id, device, line)
) {clustered};
create table hidden_items (
    app_id integer not null,
    user_id bigint not null,
    line bigint not null,
    mid bigint not null,
    primary key (app_id, user_id, line, mid)
) {clustered};
",
    // The present form of edited messages, so that a reader needs only the newest edits: docs/decisions/0014. The index finds those.
    // `delivered_mid` is up to where a user's devices said they have a conversation, `hidden_mid` up to where a device dropped one.
    r"
create table forms (
    app_id integer not null,
    line bigint not null,
    mid bigint not null,
    edit_mid bigint not null,
    body {blob} not null,
    primary key (app_id, line, mid)
) {clustered};
create index items_by_edit on items (app_id, line, related, mid) where related is not null;
drop index items_by_related;
alter table line_states add column delivered_mid bigint not null default 0;
alter table cursors add column hidden_mid bigint not null default 0;
",
    r"
create table feed (
    seq {serial},
    app_id integer not null,
    line bigint not null,
    mid bigint not null
);
",
    // Finds the readers of a group. The position is not part of it, so that reading a message changes no index.
    r"
create index line_states_by_line on line_states (app_id, line, user_id);
",
];

/// What the members of a conversation keep about it.
pub(super) const STATES_BY_LINE: &str = "line_states_by_line";

/// The edits of a message, by message and id.
pub(super) const ITEMS_BY_EDIT: &str = "items_by_edit";

/// What makes a query use an index. SQLite counts no rows and would walk the whole conversation by its primary key; PostgreSQL knows better.
pub(super) fn by_index(index: &str, is_sqlite: bool) -> String {
    if is_sqlite { format!("indexed by {index}") } else { String::new() }
}

/// Fills in what the two databases spell differently.
pub(super) fn in_dialect(step: &str, is_sqlite: bool) -> String {
    let (serial, blob, clustered) = if is_sqlite {
        ("integer primary key autoincrement", "blob", "without rowid")
    } else {
        ("bigint generated always as identity primary key", "bytea", "")
    };
    step.replace("{serial}", serial).replace("{blob}", blob).replace("{clustered}", clustered)
}
