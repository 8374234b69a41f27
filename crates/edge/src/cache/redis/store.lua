-- Writes an entry and adds its inputs to those of its path.
-- KEYS: the entry, the set. ARGV: the value, its time to live (milliseconds), the inputs, how many sets of inputs a path may have.
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if redis.call('TYPE', KEYS[2]).ok ~= 'set' or redis.call('SCARD', KEYS[2]) > tonumber(ARGV[4]) then redis.call('DEL', KEYS[2]) end
redis.call('SADD', KEYS[2], ARGV[3])
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
