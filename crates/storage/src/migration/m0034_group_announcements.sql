-- Announcements, numbered inside their group.

create table group_announcements (
    app_id integer not null,
    group_id bigint not null,
    announcement_id bigint not null,
    author_id bigint not null,
    title {blob} not null,
    content {blob} not null,
    created_at bigint not null,
    primary key (app_id, group_id, announcement_id)
);
