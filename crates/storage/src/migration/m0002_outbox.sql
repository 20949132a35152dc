-- The outbox: a notice is recorded in the transaction of the change it tells of, and reaches the log after commit.

create table outbox (
    app_id integer not null,
    send_key {blob} not null,
    item {blob} not null,
    created_at bigint not null,
    primary key (app_id, send_key)
);
