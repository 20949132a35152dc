-- Kick counts and blocks. They outlive membership, so they stand apart from it.

create table group_restrictions (
    app_id integer not null,
    group_id bigint not null,
    user_id bigint not null,
    kicks integer not null,
    blocked_at bigint not null,
    primary key (app_id, group_id, user_id)
);
create index group_restrictions_blocked on group_restrictions (app_id, group_id, user_id) where blocked_at > 0;
