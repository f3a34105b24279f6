"""French."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="fr",
    never=words(
        """
        adj Amb apr av c.-à-d Cdt cf Cne Col Dr Drs Dép env ex Gal hon Ing Lt M Me Mes Mgr Mlle Mlles MM Mme
        Mmes Mr Mrs Ms p.ex Pr Prof R.P Sgt St Ste Stes Sts Sté Sén vs Vve
        """
    ),
    before_number=words("al Art art Chap chap Fig fig n No no nos N° n° nº p par pp Réf réf t Tél tél Vol vol éd"),
    may_end=words(
        """
        arr av.J.-C avr Bd bd bld boul Cie cit Co coll Corp déc dép E.U févr hab ibid Inc J.-C janv Jr juil
        Ltd max min nov oct op op.cit P.-S pl S.A sept Sr trad U.S U.S.A
        """
    ),
    ends=words("etc"),
    starters=words(
        """
        A Afin Ainsi Alors Après Au Aucun Aucune Aujourd'hui Aussi Autre Autres Aux Avant Avec Beaucoup Bien
        C'est Car Ce Ceci Cela Celle Celles Celui Cependant Certaines Certains Ces Cet Cette Ceux Chaque
        Chez Cinq Combien Comme Comment Contre C’est D' Dans De Demain Depuis Des Deux Dix Donc Du Durant
        Dès Désormais Elle Elles En Enfin Ensuite Entre Est Et Faut Grâce Hier Huit Ici Il Ils Jamais Je
        Jusqu'à L' L'un La Le Les Leur Leurs Lorsqu'il Lorsque Là Ma Maintenant Mais Malgré Mes Moins Mon
        Même N'est Ne Neuf Ni Non Nos Notre Nous Néanmoins On Or Ou Oui Outre Où Par Parce Parfois Parmi
        Pendant Peu Peut Plus Plusieurs Pour Pourquoi Pourtant Puis Puisque Qu'il Quand Quatre Que Quel
        Quelle Quelles Quels Qui Quoi S'il Sa Sans Selon Sept Ses Seul Seule Si Six Son Sont Sous Souvent
        Sur Tandis Toujours Tous Tout Toute Toutefois Toutes Trois Trop Très Tu Un Une Vers Voici Voilà Vos
        Votre Vous Y À Ça Était
        """
    ),
    labels=words(
        """
        catégorie Classe classe Groupe groupe hépatite ligne Plan plan point section série Type type
        Vitamine vitamine zone
        """
    ),
    speech=words("ajoute demande dit déclare explique lance poursuit répond s'exclame s'interroge écrit"),
    dash_speaks=True,
    byline=words("PAR Par"),
    caption=words("Crédit Image Légende Photo"),
)
