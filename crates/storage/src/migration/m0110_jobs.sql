-- The queue of work that outlives the call it was asked in, and when periodic work is next due.
-- due_at is when a worker may take the job: its time while it waits, the end of the lease while it runs, null once it has ended.
-- Indexes: what is due, over all apps; what may be forgotten; one job per key and kind at a time.

create table jobs (
    app_id integer not null,
    job_id bigint not null,
    kind text not null,
    payload {blob} not null,
    state integer not null,
    due_at bigint,
    attempts integer not null,
    lease_owner text,
    is_cancel_requested boolean not null,
    done bigint not null,
    total bigint not null,
    checkpoint {blob},
    result text,
    error text,
    unique_key text,
    created_at bigint not null,
    ended_at bigint,
    primary key (app_id, job_id)
);
create index jobs_due on jobs (due_at) where due_at is not null;
create index jobs_ended on jobs (ended_at) where ended_at is not null;
create unique index jobs_unique on jobs (app_id, kind, unique_key) where unique_key is not null;
create table schedules (
    name text not null primary key,
    next_at bigint not null,
    last_at bigint
);
