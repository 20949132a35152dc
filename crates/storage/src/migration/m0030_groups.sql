-- Groups. Indexes: the groups a user owns (his quota), the public ones.

create table "groups" (
    app_id integer not null,
    group_id bigint not null,
    owner_id bigint not null,
    kind smallint not null,
    status smallint not null,
    member_count bigint not null,
    capacity bigint not null,
    last_number bigint not null,
    name {blob} not null,
    avatar {blob} not null,
    description {blob} not null,
    ext {blob} not null,
    apply_approval smallint not null,
    member_invite boolean not null,
    member_modify boolean not null,
    read_ack boolean not null,
    history_visible boolean not null,
    hide_member_info boolean not null,
    ban_all_until bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (app_id, group_id)
);
create index groups_by_owner on "groups" (app_id, owner_id) where status = 0;
create index groups_public on "groups" (app_id, group_id) where kind = 1 and status = 0;
