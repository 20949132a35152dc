-- Users, their devices and tokens. Unique indexes, not checks in the program, keep names, phone numbers and addresses unique,
-- because two nodes may write at once.

create table users (
    app_id integer not null,
    user_id bigint not null,
    username_index {blob},
    mobile_index {blob},
    email_index {blob},
    profile {blob} not null,
    settings {blob} not null,
    password {blob} not null,
    status integer not null,
    token_epoch bigint not null,
    last_device_sn integer not null,
    created_at bigint not null,
    primary key (app_id, user_id)
);
create unique index users_username on users (app_id, username_index);
create unique index users_mobile on users (app_id, mobile_index);
create unique index users_email on users (app_id, email_index);
create index users_created on users (app_id, created_at, user_id);
create table devices (
    app_id integer not null,
    user_id bigint not null,
    device_sn integer not null,
    guid_index {blob} not null,
    platform integer not null,
    info {blob} not null,
    push {blob},
    last_login bigint not null,
    created_at bigint not null,
    primary key (app_id, user_id, device_sn)
);
create unique index devices_guid on devices (app_id, user_id, guid_index);
create table tokens (
    app_id integer not null,
    token_no bigint not null,
    hash {blob} not null,
    user_id bigint not null,
    device_sn integer not null,
    guid_index {blob},
    expires_at bigint not null,
    created_at bigint not null,
    primary key (app_id, token_no)
);
create index tokens_user on tokens (app_id, user_id);
