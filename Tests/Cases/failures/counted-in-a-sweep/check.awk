NR == 1 { n = NF / 2; for (i = 1; i <= n; i++) at[$i] = i }
NR == 2 {
  ratio = $(at["days"]) * $(at["goodput"]) / $(at["days"] + n)
  print (ratio > 0.999999 && ratio < 1.000001 && $(at["goodput"]) < 0.999) ? "right" : "wrong"
}
