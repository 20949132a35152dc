-- Lines of dumps that were let in and have no id by which they are known again: members, friendships, blocks, requests, marks. What became
-- of them here since is not undone when they come once more. Names are blind indexes, because sources name people.

create table imported_lines (
    app_id integer not null,
    line_index {blob} not null,
    primary key (app_id, line_index)
);
