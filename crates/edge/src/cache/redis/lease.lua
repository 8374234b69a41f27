-- Takes a lease that nobody has. KEYS: the lease. ARGV: whose, for how long (milliseconds). Returns 1 or 0.
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
local left = redis.call('PTTL', KEYS[1])
if left >= 0 and left <= tonumber(ARGV[2]) then return 0 end
-- Nobody's: no lease lasts as long as that.
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
