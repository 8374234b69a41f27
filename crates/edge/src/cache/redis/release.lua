-- Gives a lease back, if one still has it, and wakes those who wait for it. KEYS: the lease. ARGV: whose, the channel, what they wait for.
if redis.pcall('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
redis.call('PUBLISH', ARGV[2], ARGV[3])
