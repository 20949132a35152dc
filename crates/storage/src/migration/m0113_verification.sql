-- Codes that prove a phone number or an e-mail address, how many were sent of late, and what was proven by whom.
-- Indexes: what may be forgotten, over all apps; who has proven a contact.

create table verification_codes (
    app_id integer not null,
    contact_index {blob} not null,
    purpose text not null,
    code_hash {blob} not null,
    attempts integer not null,
    expires_at bigint not null,
    primary key (app_id, contact_index, purpose)
);
create index verification_codes_expiry on verification_codes (expires_at);
create table send_counts (
    app_id integer not null,
    bucket {blob} not null,
    since bigint not null,
    number integer not null,
    primary key (app_id, bucket)
);
create index send_counts_age on send_counts (since);
create table proven_contacts (
    app_id integer not null,
    user_id bigint not null,
    kind text not null,
    contact_index {blob} not null,
    proven_at bigint not null,
    primary key (app_id, user_id, kind)
);
create unique index proven_contacts_contact on proven_contacts (app_id, contact_index);
