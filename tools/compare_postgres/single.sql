\set call :call + 1
\set till :client_id * 10000000 + :call
\set number random(1, :offered)
SELECT file_settlement(replace(body, '@', :till)::jsonb) FROM offered WHERE number = :number;
