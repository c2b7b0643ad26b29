%% How late processes wake when many of them sleep again and again for random times of 1 to 9 seconds; the twin
%% of timers.inko, but for whole milliseconds, which are all that Erlang has.
%% Arguments: how many processes, and the seconds from `start` to `stop`.
-module(timers).
-export([main/1]).

-define(BUCKETS, 200000).
%% The microseconds between the first sleeps and `start`.
-define(BEFORE, 3000000).

main([N, Seconds]) ->
    Parent = self(),
    Count = list_to_integer(N),
    Start = now_us() + ?BEFORE,
    Stop = Start + round(list_to_float(Seconds) * 1000000),
    [spawn(fun() -> sleeper(I, Start, Stop, Parent, []) end) || I <- lists:seq(1, Count)],
    sleep_until(Start),
    io:format("start~n"),
    sleep_until(Stop),
    io:format("stop~n"),
    Counts = counters:new(?BUCKETS, []),
    {Latest, Early} = collect(Count, Counts, 0, 0),
    lists:foreach(fun(Bucket) -> print(Bucket - 1, counters:get(Counts, Bucket)) end, lists:seq(1, ?BUCKETS)),
    io:format("max ~w~nearly ~w~n", [Latest, Early]),
    halt().

print(_, 0) -> ok;
print(Bucket, Found) -> io:format("~w ~w~n", [Bucket, Found]).

now_us() -> erlang:monotonic_time(microsecond).

sleep_until(Time) -> timer:sleep(max(0, (Time - now_us() + 999) div 1000)).

sleeper(Random, Start, Stop, Parent, Late) ->
    case now_us() < Stop of
        false -> Parent ! Late;
        true ->
            %% The generator of Park and Miller.
            Next = Random * 48271 rem 2147483647,
            Pause = Next rem 8001 + 1000,
            Due = now_us() + Pause * 1000,
            receive after Pause -> ok end,
            Now = now_us(),
            case Due >= Start andalso Due < Stop of
                true -> sleeper(Next, Start, Stop, Parent, [Now - Due | Late]);
                false -> sleeper(Next, Start, Stop, Parent, Late)
            end
    end.

collect(0, _, Latest, Early) -> {Latest, Early};
collect(N, Counts, Latest, Early) ->
    receive
        Late when is_list(Late) ->
            {L, E} = lists:foldl(fun(Each, Found) -> count(Each, Counts, Found) end, {Latest, Early}, Late),
            collect(N - 1, Counts, L, E)
    end.

count(Late, Counts, {Latest, Early}) ->
    Whole = max(Late, 0),
    counters:add(Counts, min(Whole div 10, ?BUCKETS - 1) + 1, 1),
    {max(Latest, Whole), case Late < 0 of true -> Early + 1; false -> Early end}.
