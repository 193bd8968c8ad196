bash elsewhere/train.sh 8
