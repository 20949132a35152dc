-- Secrets that sign a user in once, in place of his password.

create table sign_in_secrets (
    app_id integer not null,
    secret_hash {blob} not null,
    user_id bigint not null,
    expires_at bigint not null,
    primary key (app_id, secret_hash)
);
create index sign_in_secrets_expiry on sign_in_secrets (app_id, expires_at);
