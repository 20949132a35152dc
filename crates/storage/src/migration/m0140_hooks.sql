-- Webhooks: where events go, the events themselves, and what became of each on its way to each receiver.
-- The queue is not the jobs' table: it holds many more rows, which wait for each other line by line (docs/decisions/0015).

create table hook_endpoints (
    app_id integer not null,
    hook_id text not null,
    status smallint not null,
    events text not null,
    body {blob} not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (app_id, hook_id)
);
create table hook_events (
    app_id integer not null,
    event_id {blob} not null,
    kind text not null,
    body {blob} not null,
    created_at bigint not null,
    primary key (app_id, event_id)
);
create table hook_deliveries (
    delivery_no {long_serial},
    app_id integer not null,
    hook_id text not null,
    event_id {blob} not null,
    kind text not null,
    order_key text not null,
    state smallint not null,
    attempts integer not null,
    tries integer not null,
    next_at bigint not null,
    claimed_until bigint not null,
    created_at bigint not null,
    finished_at bigint not null,
    unique (app_id, hook_id, event_id)
);
-- The list of an app, newest first.
create index hook_deliveries_by_app on hook_deliveries (app_id, delivery_no);
-- What waits in a line.
create index hook_deliveries_by_line on hook_deliveries (app_id, hook_id, order_key, delivery_no) where state < 2;
-- What may be sent now.
create index hook_deliveries_ready on hook_deliveries (app_id, hook_id, next_at) where state = 1;
-- What is old enough to be forgotten.
create index hook_deliveries_finished on hook_deliveries (finished_at) where state >= 2;
-- Whether an event is still needed.
create index hook_deliveries_by_event on hook_deliveries (app_id, event_id);
create table hook_attempts (
    app_id integer not null,
    delivery_no bigint not null,
    attempt integer not null,
    at bigint not null,
    duration_ms bigint not null,
    status smallint not null,
    error text not null,
    excerpt {blob} not null,
    primary key (app_id, delivery_no, attempt)
);
