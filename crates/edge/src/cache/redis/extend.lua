-- Keeps a lease that one has. KEYS: the lease. ARGV: whose, for how long (milliseconds). Returns 1 or 0.
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
