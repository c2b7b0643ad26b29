%% Starts N processes that wait for a message which never comes, says so, and stays until its input is closed.
%% How much memory they take is read from outside.
-module(waiting).
-export([main/1]).

main([N]) ->
    Children = start(list_to_integer(N), []),
    io:format("ready~n"),
    io:get_line(""),
    %% The handles are in use up to here.
    io:format("~w~n", [length(Children)]),
    halt().

start(0, Children) -> Children;
start(N, Children) -> start(N - 1, [spawn(fun() -> receive _ -> ok end end) | Children]).
