-- The clock that all instances follow, and the times of purges; both are of one hash, so that it is noticed when they are lost.
-- KEYS: the hash. ARGV: the channel, a moment that the caller knows has been, the incarnation and the count that it knows, how many
-- selectors are kept, and for each purge its selector, `h` or `s`, and its time; empty: now.
-- Returns now, the incarnation, the count before and after, and whether it could all be written (1 or 0).
-- Moments are microseconds; a number in Lua holds them exactly.
-- Writes what depends on the time: needs Redis 5 or later, which replicates effects and not scripts.
local key, channel = KEYS[1], ARGV[1]

-- Whatever somebody else wrote is nothing; also what is not a number at all.
local function number(text)
  local value = tonumber(text or '')
  return value and value >= 0 and value < 2^53 and value or nil
end

local kept = 1
-- A Redis that is full (OOM) or cannot save (MISCONF) still tells the time and passes messages on. One that must not be written
-- (READONLY) is not the one to ask.
local function write(...)
  local done = redis.pcall(...)
  if type(done) == 'table' and done.err then
    if not (done.err:find('OOM', 1, true) or done.err:find('MISCONF', 1, true)) then error(done.err) end
    kept = 0
  end
end

local function text(moment)
  return string.format('%.0f', moment)
end

if redis.call('TYPE', key).ok ~= 'hash' then redis.call('DEL', key) end
local meta = redis.call('HMGET', key, '@ahead', '@last', '@since', '@count')
local ahead, last, since, count = number(meta[1]) or 0, number(meta[2]) or 0, number(meta[3]), number(meta[4])

-- The clock never stands still and is never set back, though that of the machine may be, or this hash be lost.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2] + ahead
local least = math.max(last, number(ARGV[2]) or 0)
if now < least then
  ahead = ahead + least - now
  now = least
end

-- A new incarnation: purges before it may have been forgotten. So when the count is lower than somebody has seen it, too.
local known_since, known_count = number(ARGV[3]), number(ARGV[4]) or 0
if not since or not count or (since == known_since and count < known_count) then
  since, count = now, 0
end
write('HSET', key, '@ahead', text(ahead), '@last', text(now), '@since', text(since), '@count', text(count))

local function times(field)
  local hard, soft = (redis.call('HGET', key, field) or ''):match('^(%d+):(%d+)$')
  return number(hard) or 0, number(soft) or 0
end

-- Forgets the older half; what was born before the last of those counts as purged.
local function trim()
  local all, ages, floor = redis.call('HGETALL', key), {}, 0
  for i = 1, #all, 2 do
    if all[i] ~= 'a' and all[i]:sub(1, 1) ~= '@' then
      local hard, soft = all[i + 1]:match('^(%d+):(%d+)$')
      table.insert(ages, { all[i], math.max(number(hard) or 0, number(soft) or 0) })
    end
  end
  table.sort(ages, function(a, b) return a[2] < b[2] end)
  for i = 1, math.ceil(#ages / 2) do
    redis.call('HDEL', key, ages[i][1])
    floor = ages[i][2]
  end
  local hard, soft = times('a')
  write('HSET', key, 'a', text(math.max(hard, floor)) .. ':' .. text(soft))
end

local before = count
for i = 6, #ARGV, 3 do
  local field, is_soft, at = ARGV[i], ARGV[i + 1] == 's', number(ARGV[i + 2]) or now
  local hard, soft = times(field)
  if at > (is_soft and soft or hard) then
    if is_soft then soft = at else hard = at end
    count = count + 1
    local value = text(hard) .. ':' .. text(soft)
    redis.call('PUBLISH', channel, text(since) .. ' ' .. text(count) .. ' ' .. value .. ' ' .. field)
    write('HSET', key, field, value, '@count', text(count))
  end
end
if before ~= count and redis.call('HLEN', key) > tonumber(ARGV[5]) + 5 then trim() end
return { now, since, before, count, kept }
