-- GCRA for all rules of one request, atomically, by the clock of Redis: instances need not agree on the time.
-- KEYS: one for each rule. ARGV: for each rule its period (microseconds) and its burst.
-- Returns for each rule whether the request is refused (1 or 0) and how far ahead of its rate the key is (microseconds).
-- Writes what depends on the time: needs Redis 5 or later, which replicates effects and not scripts.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answer = {}
for rule, key in ipairs(KEYS) do
  local period, burst = tonumber(ARGV[2 * rule - 1]), tonumber(ARGV[2 * rule])
  -- Ahead by more than the whole is a clock that was set back, or a rule that was stricter before.
  local arrival = math.min(tonumber(redis.call('GET', key) or now), now + period * burst)
  arrival = math.max(arrival, now)
  local refused = arrival - period * (burst - 1) > now
  if not refused then
    arrival = arrival + period
    redis.call('SET', key, arrival, 'PX', math.ceil((arrival - now) / 1000))
  end
  answer[2 * rule - 1] = refused and 1 or 0
  answer[2 * rule] = arrival - now
end
return answer
