-- Sign-ins by a picture: a browser asks, a signed-in device scans and confirms.

create table qr_logins (
    app_id integer not null,
    code_hash {blob} not null,
    state integer not null,
    browser {blob} not null,
    user_id bigint,
    created_at bigint not null,
    expires_at bigint not null,
    primary key (app_id, code_hash)
);
create index qr_logins_expiry on qr_logins (app_id, expires_at);
