-- Uploaded files, and the uploads under way: what a dead process left half done is found by the second table.

create table files (
    app_id integer not null,
    file_id {blob} not null,
    blob_id {blob} not null,
    owner_id bigint not null,
    purpose smallint not null,
    size bigint not null,
    description {blob} not null,
    thumbnail_form smallint,
    thumbnail_blob_id {blob},
    thumbnail_size bigint,
    created_at bigint not null,
    primary key (app_id, file_id)
);
create table file_uploads (
    app_id integer not null,
    blob_id {blob} not null,
    started_at bigint not null,
    primary key (app_id, blob_id)
);
