-- Moving in from elsewhere: which of our numbers stands for which id of the source, and how far an import has come. The ids of a source
-- may be personal (names, addresses), so they are found by a blind index and kept sealed.

create table external_ids (
    app_id integer not null,
    kind smallint not null,
    external_index {blob} not null,
    id bigint not null,
    external {blob} not null,
    primary key (app_id, kind, external_index)
);
create index external_ids_by_id on external_ids (app_id, kind, id);
create table imports (
    app_id integer not null,
    fingerprint {blob} not null,
    progress text not null,
    is_done boolean not null,
    updated_at bigint not null,
    primary key (app_id, fingerprint)
);
