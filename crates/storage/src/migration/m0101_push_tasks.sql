-- Pushes that the app asked for, and what became of them on every device.

create table push_tasks (
    app_id integer not null,
    id bigint not null,
    request_key {blob},
    content {blob} not null,
    created_at bigint not null,
    primary key (app_id, id)
);
create unique index push_tasks_request on push_tasks (app_id, request_key);

create table push_targets (
    app_id integer not null,
    task_id bigint not null,
    user_id bigint not null,
    device_sn integer not null,
    channel integer not null,
    state integer not null,
    primary key (app_id, task_id, user_id, device_sn)
);
create index push_targets_user on push_targets (app_id, user_id);
