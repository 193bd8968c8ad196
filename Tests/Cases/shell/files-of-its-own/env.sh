export TP=4
