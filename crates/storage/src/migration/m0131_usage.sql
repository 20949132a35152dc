-- How much an app did in a day or month, for quotas and reports. `kind` is 1 for messages of a day, 2 for those of a month; `period` counts
-- days since 1970 or months since the year 0.

create table usage (
    app_id integer not null,
    kind integer not null,
    period bigint not null,
    amount bigint not null,
    primary key (app_id, kind, period)
);
