%% How long a round trip between two processes takes while 4 others never stop to compute; the twin of fairness.inko.
%% Arguments: the seconds to play, and the seconds to sleep before each trip, which are rounded to milliseconds.
-module(fairness).
-export([main/1]).

main([Seconds, Pause]) ->
    Parent = self(),
    [spawn(fun() -> hog(1) end) || _ <- lists:seq(1, 4)],
    Pong = spawn(fun pong/0),
    Length = round(list_to_float(Seconds) * 1000000),
    Sleep = round(list_to_float(Pause) * 1000),
    spawn(fun() -> Parent ! ping(Pong, now_us() + Length, Sleep, 0, #{}) end),
    receive Taken -> ok end,
    Print = fun({Bucket, Count}) -> io:format("~w ~w~n", [Bucket, Count]) end,
    lists:foreach(Print, lists:sort(maps:to_list(maps:remove(max, Taken)))),
    io:format("max ~w~n", [maps:get(max, Taken)]),
    halt().

now_us() -> erlang:monotonic_time(microsecond).

hog(X) -> hog((X * 31 + 7) rem 1000003).

pong() -> receive {From, Value} -> From ! Value, pong() end.

ping(Pong, Stop, Sleep, Trips, Taken) ->
    case now_us() < Stop of
        false -> Taken;
        true ->
            %% A sleep that ends too late counts as a part of the trip.
            Start = now_us() + Sleep * 1000,
            case Sleep of 0 -> ok; _ -> timer:sleep(Sleep) end,
            Pong ! {self(), Trips},
            receive Trips -> ok end,
            Time = now_us() - Start,
            Counted = maps:update_with(Time div 10, fun(Count) -> Count + 1 end, 1, Taken),
            ping(Pong, Stop, Sleep, Trips + 1, maps:update_with(max, fun(Max) -> max(Max, Time) end, Time, Counted))
    end.
