-- Applications and invitations: one of each kind per user and group, the latest.

create table group_requests (
    app_id integer not null,
    group_id bigint not null,
    user_id bigint not null,
    kind smallint not null,
    inviter_id bigint not null,
    reason {blob} not null,
    status smallint not null,
    expires_at bigint not null,
    updated_at bigint not null,
    primary key (app_id, group_id, user_id, kind)
);
create index group_requests_by_user on group_requests (app_id, user_id, kind);
