-- Apps.

create table apps (
    app_id {serial},
    slug text not null unique,
    title text not null,
    status text not null,
    settings text not null,
    created_at bigint not null
);
