/dev/fd/3: line 155: get: command not found
