-- Shared files, numbered inside their group.

create table group_files (
    app_id integer not null,
    group_id bigint not null,
    file_id bigint not null,
    uploader_id bigint not null,
    name {blob} not null,
    url {blob} not null,
    content_type {blob} not null,
    size bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (app_id, group_id, file_id)
);
