export TP=2 PP=4
HIDDEN=1
bash inner.sh 2 128
