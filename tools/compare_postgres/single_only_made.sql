\set call :call + 1
\set till :client_id * 10000000 + :call
\set number random(1, :offered)
SELECT jsonb_array_length(replace(body, '@', :till)::jsonb->'lines') FROM offered WHERE number = :number;
