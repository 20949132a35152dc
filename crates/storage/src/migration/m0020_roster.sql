-- Rosters: what users keep about each other, requests to be friends, and blocks. The indexes by the other side serve the removal
-- of a user.

create table roster_items (
    app_id integer not null,
    user_id bigint not null,
    peer_id bigint not null,
    relation smallint not null,
    alias {blob},
    ext {blob},
    mute_notification boolean not null,
    updated_at bigint not null,
    primary key (app_id, user_id, peer_id)
);
create index roster_items_by_peer on roster_items (app_id, peer_id);
create table roster_applications (
    app_id integer not null,
    user_id bigint not null,
    applicant_id bigint not null,
    reason {blob} not null,
    status smallint not null,
    created_at bigint not null,
    expires_at bigint not null,
    primary key (app_id, user_id, applicant_id)
);
create index roster_applications_by_time on roster_applications (app_id, user_id, created_at);
create index roster_applications_by_applicant on roster_applications (app_id, applicant_id);
create table blocks (
    app_id integer not null,
    user_id bigint not null,
    blocked_id bigint not null,
    created_at bigint not null,
    primary key (app_id, user_id, blocked_id)
);
create index blocks_by_blocked on blocks (app_id, blocked_id);
