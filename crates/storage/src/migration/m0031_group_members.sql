-- Members. Partial indexes find the few admins and banned among many; the first one finds the groups of a user.

create table group_members (
    app_id integer not null,
    group_id bigint not null,
    user_id bigint not null,
    role smallint not null,
    ban_until bigint not null,
    joined_at bigint not null,
    display_name {blob} not null,
    mute_mode smallint not null,
    push_mode smallint not null,
    not_disturb boolean not null,
    primary key (app_id, group_id, user_id)
);
create index group_members_by_user on group_members (app_id, user_id, group_id, joined_at);
create index group_members_staff on group_members (app_id, group_id, user_id) where role > 0;
create index group_members_banned on group_members (app_id, group_id, user_id) where ban_until > 0;
