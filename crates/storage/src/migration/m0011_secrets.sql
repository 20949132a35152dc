-- One-time secrets.

create table secrets (
    app_id integer not null,
    code_hash {blob} not null,
    text {blob} not null,
    expires_at bigint not null,
    primary key (app_id, code_hash)
);
create index secrets_expiry on secrets (app_id, expires_at);
