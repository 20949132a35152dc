-- What a development server would have sent by mail or text message, for the app's administrator to read.

create table carrier_outbox (
    app_id integer not null,
    letter_no bigint not null,
    carrier text not null,
    receiver {blob} not null,
    content {blob} not null,
    created_at bigint not null,
    primary key (app_id, letter_no)
);
create index carrier_outbox_age on carrier_outbox (created_at);
